const body = document.querySelector('tbody');
const rows = Array.from(body.rows);
const heads = document.querySelectorAll('th button');
const tiles = document.querySelectorAll('.tile');
const search = document.querySelector('input');
const shown = document.querySelector('output');
let wanted = '';
document.documentElement.classList.add('js');
function show() {
  const text = search.value.trim().toLowerCase();
  let count = 0;
  rows.forEach(row => {
    const hit = [!wanted || row.className === wanted, row.textContent.toLowerCase().includes(text)];
    row.hidden = !hit.every(Boolean);
    count += row.hidden ? 0 : 1;
  });
  shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length + ' rows';
}
function sort(button) {
  const head = button.parentNode, column = head.cellIndex, first = Number(head.dataset.first);
  const now = head.getAttribute('aria-sort');
  const sign = now ? (now === 'ascending' ? -1 : 1) : first;
  heads.forEach(other => other.parentNode.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
  const value = row => row.cells[column].dataset.v;
  rows.sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === '' || y === '') return (x === '') - (y === '');
    return sign * (head.dataset.text ? x.localeCompare(y) : x - y);
  });
  body.append(...rows);
}
heads.forEach(button => button.addEventListener('click', () => sort(button)));
tiles.forEach(tile => tile.addEventListener('click', () => {
  wanted = wanted === tile.dataset.verdict ? '' : tile.dataset.verdict;
  tiles.forEach(other => other.setAttribute('aria-pressed', other.dataset.verdict === wanted));
  show();
}));
search.addEventListener('input', show);
