//! A scalar in an informational field, in the forms that a field may be read from.

use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, SeqAccess};

use super::scalar_target::{AsScalar, ScalarDeserializer};
use super::unread::Path;
use crate::rpc::value::scalar::Scalar;

/// A scalar as a list of at most one value, in one form after the other.
pub(super) struct ScalarField<'p, S, E> {
    scalar: S,
    path: &'p Path<'p>,
    next: Form,
    error: PhantomData<E>,
}

#[derive(Clone, Copy)]
enum Form {
    /// As it was sent; a number without a fraction is an integer.
    Sent,
    /// A string with such a number as an integer.
    Integer,
    None,
}

impl<'p, S: AsScalar, E> ScalarField<'p, S, E> {
    #[inline]
    pub(super) fn new(scalar: S, path: &'p Path<'p>, is_row: bool) -> Self {
        let is_absent = !is_row && matches!(scalar.as_scalar(), Scalar::String(""));
        let next = if is_absent { Form::None } else { Form::Sent };
        Self { scalar, path, next, error: PhantomData }
    }
}

impl<'de, S: AsScalar, E: de::Error> SeqAccess<'de> for ScalarField<'_, S, E> {
    type Error = E;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, E> {
        let value = match self.next {
            Form::None => return Ok(None),
            Form::Sent => {
                self.next = Form::Integer;
                let value = match self.scalar.as_scalar() {
                    Scalar::Float(number) => {
                        let scalar = integer(number).unwrap_or(Scalar::Float(number));
                        seed.deserialize(ScalarDeserializer::<_, E>::new(scalar))
                    }
                    _ => seed.deserialize(ScalarDeserializer::<_, E>::new(self.scalar)),
                };
                return Ok(value.ok());
            }
            Form::Integer => {
                self.next = Form::None;
                let scalar = match self.scalar.as_scalar() {
                    Scalar::String(text) => text.trim().parse().ok().and_then(integer),
                    _ => None,
                };
                let value = |scalar| seed.deserialize(ScalarDeserializer::<_, E>::new(scalar)).ok();
                scalar.and_then(value)
            }
        };
        if value.is_none() {
            self.path.note_unread(self.scalar.as_scalar().to_string());
        }
        Ok(value)
    }
}

/// Returns a number without a fraction as an integer.
fn integer(number: f64) -> Option<Scalar<'static>> {
    // Beyond, not every integer is a float.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the bounds fit")]
    let integer = (number.abs() < LIMIT && number.fract() == 0.0).then_some(number as i64)?;
    Some(u64::try_from(integer).map_or(Scalar::Signed(integer), Scalar::Unsigned))
}
