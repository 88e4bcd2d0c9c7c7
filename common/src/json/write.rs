use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, Serializer,
};

use super::Malformed;

type Result<T = ()> = core::result::Result<T, Malformed>;

/// Writes a value.
///
/// # Errors
/// [`Malformed`] for what we never send: fractions, bytes.
pub fn to_string<T: Serialize>(value: &T) -> Result<String> {
    let mut writer = Writer(String::new());
    value.serialize(&mut writer)?;
    Ok(writer.0)
}

struct Writer(String);

impl Writer {
    fn string(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\n' => self.0.push_str("\\n"),
                '\0'..' ' => {
                    let digit = |value| char::from_digit(value, 16).unwrap_or('0');
                    self.0.push_str("\\u00");
                    self.0.extend([digit(c as u32 / 16), digit(c as u32 % 16)]);
                }
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// Opens the object around the content of a variant.
    fn variant(&mut self, name: &str) {
        self.0.push('{');
        self.string(name);
        self.0.push(':');
    }

    fn open(&mut self, open: char, close: &'static str) -> Compound<'_> {
        self.0.push(open);
        Compound {
            writer: self,
            first: true,
            close,
        }
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty)+) => {
        $(fn $method(self, value: $type) -> Result {
            self.serialize_i64(value.into())
        })+
    };
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Malformed;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Impossible<(), Malformed>;
    type SerializeTupleVariant = Compound<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Compound<'w>;
    type SerializeStructVariant = Compound<'w>;

    integers! {
        serialize_i8: i8 serialize_i16: i16 serialize_i32: i32
        serialize_u8: u8 serialize_u16: u16 serialize_u32: u32
    }

    fn serialize_i64(self, value: i64) -> Result {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    fn serialize_u64(self, value: u64) -> Result {
        self.serialize_i64(value.try_into().map_err(|_| Malformed)?)
    }

    fn serialize_bool(self, value: bool) -> Result {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result {
        Err(Malformed)
    }

    fn serialize_f64(self, _: f64) -> Result {
        Err(Malformed)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result {
        Err(Malformed)
    }

    fn serialize_char(self, value: char) -> Result {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result {
        self.string(value);
        Ok(())
    }

    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result {
        self.variant(name);
        value.serialize(&mut *self)?;
        self.0.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Malformed>> {
        Err(Malformed)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w>> {
        self.variant(name);
        Ok(self.open('[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w>> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w>> {
        self.variant(name);
        Ok(self.open('{', "}}"))
    }
}

/// An array or object that has been opened.
struct Compound<'w> {
    writer: &'w mut Writer,
    first: bool,
    close: &'static str,
}

impl Compound<'_> {
    fn next(&mut self) -> &mut Writer {
        if !core::mem::take(&mut self.first) {
            self.writer.0.push(',');
        }
        self.writer
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result {
        let writer = self.next();
        writer.string(name);
        writer.0.push(':');
        value.serialize(writer)
    }

    fn close(self) -> Result {
        self.writer.0.push_str(self.close);
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident)+) => {
        $(impl $trait for Compound<'_> {
            type Ok = ();
            type Error = Malformed;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                value.serialize(self.next())
            }

            fn end(self) -> Result {
                self.close()
            }
        })+
    };
}

macro_rules! fields {
    ($($trait:ident)+) => {
        $(impl $trait for Compound<'_> {
            type Ok = ();
            type Error = Malformed;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result {
                self.field(name, value)
            }

            fn end(self) -> Result {
                self.close()
            }
        })+
    };
}

elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
}
fields! { SerializeStruct SerializeStructVariant }

impl serde::ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = Malformed;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(self.next())
    }

    fn end(self) -> Result {
        self.close()
    }
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Malformed;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        let writer = self.next();
        let start = writer.0.len();
        key.serialize(&mut *writer)?;
        // A key is a string: a number gets its quotes.
        if !writer.0[start..].starts_with('"') {
            writer.0.insert(start, '"');
            writer.0.push('"');
        }
        writer.0.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result {
        self.close()
    }
}
