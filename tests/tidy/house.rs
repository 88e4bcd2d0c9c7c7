//! One feature has one name, and that name is the same in every room.

use crate::files::{names, none, root};

const FEATURES: [&str; 17] = [
    "accounts",
    "schools",
    "classes",
    "people",
    "invites",
    "chats",
    "channels",
    "polls",
    "files",
    "moderation",
    "calls",
    "events",
    "broadcasts",
    "documents",
    "notifications",
    "parents",
    "stats",
];

/// Folders that serve all features.
const COMMON_GROUND: [(&str, &[&str]); 2] = [
    (
        "backend/src",
        &[
            "assets", "command", "config", "database", "demo", "live", "postgres", "realtime",
            "tls",
        ],
    ),
    (
        "frontend/src",
        // An application is filed before there is a school.
        &[
            "admin",
            "applications",
            "bin",
            "frame",
            "i18n",
            "outbox",
            "store",
            "ui",
        ],
    ),
];

#[test]
fn folders_are_features() {
    let mut found = Vec::new();
    for (room, ground) in COMMON_GROUND
        .into_iter()
        .chain([("style/features", &[] as &[&str])])
    {
        // Single files in the crates' roots serve all features; in style/features each is one's own.
        let is_room =
            |name: &str| room.starts_with("style") || root().join(room).join(name).is_dir();
        for name in names(room).into_iter().filter(|name| is_room(name)) {
            if !FEATURES.contains(&name.as_str()) && !ground.contains(&name.as_str()) {
                found.push(format!("{room}/{name}"));
            }
        }
    }
    none(
        "Neither a feature nor on the list of what serves all of them:",
        &found,
    );
}

#[test]
fn features_have_their_words_in_common() {
    let mut found = Vec::new();
    let common = names("common/src");
    for room in ["backend/src", "frontend/src", "style/features"] {
        for name in names(room) {
            if FEATURES.contains(&name.as_str()) && !common.contains(&name) {
                found.push(format!("{room}/{name}"));
            }
        }
    }
    none("No file of that name in common/src:", &found);
}

#[test]
fn migrations_go_both_ways() {
    let mut found = Vec::new();
    for name in names("backend/migrations") {
        for file in ["up.sql", "down.sql"] {
            let path = root().join("backend/migrations").join(&name).join(file);
            if std::fs::read_to_string(path)
                .unwrap_or_default()
                .trim()
                .is_empty()
            {
                found.push(format!("backend/migrations/{name}/{file}"));
            }
        }
    }
    none("Missing or empty:", &found);
}
