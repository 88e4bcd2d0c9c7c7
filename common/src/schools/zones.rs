//! Time zones, as a school chooses its own: its day and its school year follow it.

/// A time zone of Russia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its IANA name.
    pub name: &'static str,
    /// Hours before UTC, all year round.
    pub hours: i8,
}

/// What a school is offered, from west to east; a school abroad may have any other that IANA names.
pub const ZONES: [Zone; 11] = [
    zone("Europe/Kaliningrad", 2),
    zone(MOSCOW, 3),
    zone("Europe/Samara", 4),
    zone("Asia/Yekaterinburg", 5),
    zone("Asia/Omsk", 6),
    zone("Asia/Krasnoyarsk", 7),
    zone("Asia/Irkutsk", 8),
    zone("Asia/Yakutsk", 9),
    zone("Asia/Vladivostok", 10),
    zone("Asia/Magadan", 11),
    zone("Asia/Kamchatka", 12),
];

/// A school's zone as long as nobody chooses another.
pub const MOSCOW: &str = "Europe/Moscow";

/// Characters in the name of a zone, at most; the longest of IANA's has 32.
pub const ZONE_LIMIT: u32 = 64;

const fn zone(name: &'static str, hours: i8) -> Zone {
    Zone { name, hours }
}

/// For what was written down before schools had zones.
pub(super) fn moscow() -> String {
    MOSCOW.into()
}
