//! One feature has one name, and that name is the same in every room.

use crate::files::{below, names, none, root};

pub const FEATURES: [&str; 17] = [
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
            "access",
            "assets",
            "command",
            "config",
            "database",
            "demo",
            "live",
            // What classes, people, parents and invites change.
            "membership",
            "postgres",
            "realtime",
            "serve",
            "server",
            "socket",
            "tls",
            "write",
        ],
    ),
    (
        "frontend/src",
        // An application is filed before there is a school.
        &[
            "admin",
            "applications",
            "bin",
            "errors",
            "frame",
            "i18n",
            "load",
            "outbox",
            "socket",
            "store",
            "ui",
        ],
    ),
];

/// Where each file, too, is of a feature, and what else may stand there.
const FILES: [(&str, &[&str]); 4] = [
    ("style/features", &[]),
    // What the screens of the administration have in common, and requests of several features.
    ("style/admin", &["requests", "screens"]),
    (
        "tests/api",
        &[
            "main",
            "callbacks",
            "demo",
            "endpoints",
            "facts",
            "lanes",
            "membership",
            "migrations",
            "monitoring",
            "queues",
            "races",
            "requests",
            "retention",
            "rights",
            "samples",
            "snapshots",
            "sockets",
            "statements",
            "told",
            "touched",
            "turns",
            "undone",
            "withdrawn",
            // Parts of accounts, invites and chats.
            "sessions",
            "inviting",
            "join_requests",
            "changes",
            "direct",
            "unread",
        ],
    ),
    // Later parts of chats and schools, and what serves all.
    (
        "backend/migrations",
        &[
            "seen",
            "changes",
            "membership",
            "turns",
            "views",
            "time_zones",
            "guardian_sets",
            "rightful_members",
            "authors",
            "lookups",
            "unread",
            "applications",
        ],
    ),
];

#[test]
fn folders_are_features() {
    let mut found = Vec::new();
    let of_nobody = |room: &str, ground: &[&str], name: &str| {
        // Migrations are numbered.
        let bare = name.trim_start_matches(|it: char| it.is_ascii_digit() || it == '_');
        let known = FEATURES.contains(&bare) || ground.contains(&bare);
        (!known).then(|| format!("{room}/{name}"))
    };
    for (room, ground) in COMMON_GROUND {
        // Single files in the crates' roots serve all features.
        let folders = names(room)
            .into_iter()
            .filter(|name| root().join(room).join(name).is_dir());
        found.extend(folders.filter_map(|name| of_nobody(room, ground, &name)));
    }
    for (room, ground) in FILES {
        let all = names(room).into_iter();
        found.extend(all.filter_map(|name| of_nobody(room, ground, &name)));
    }
    none(
        "Neither a feature nor on the list of what serves all of them:",
        &found,
    );
}

/// A feature's `mod.rs` says which files there are; what it does stands in a file that is named so.
#[test]
fn features_only_mount_in_mod_rs() {
    let mounts = |text: &str| {
        let mut lines = text.lines().map(str::trim);
        lines.all(|line| {
            let word = line.trim_start_matches("pub ").split(' ').next();
            word.is_some_and(|word| {
                ["", "//!", "///", "//", "mod", "use", "#[cfg(test)]"].contains(&word)
            })
        })
    };
    assert!(mounts("//! Chats.\n\npub mod handlers;\nmod queries;\n"));
    assert!(!mounts("pub mod queries;\npub async fn get_state() {}\n"));
    let mut found = Vec::new();
    for file in below("backend/src") {
        let room = file.path.split('/').nth(2).unwrap_or_default();
        let feature = FEATURES.contains(&room) || room == "realtime";
        if feature && file.name() == "mod.rs" && !mounts(&file.text) {
            found.push(file.path);
        }
    }
    none("Put this into a file that is named for it:", &found);
}

#[test]
fn exceptions_are_there() {
    let mut found = Vec::new();
    for (room, ground) in COMMON_GROUND.into_iter().chain(FILES) {
        let bare = |name: String| {
            name.trim_start_matches(|it: char| it.is_ascii_digit() || it == '_')
                .to_owned()
        };
        let all: Vec<String> = names(room).into_iter().map(bare).collect();
        let gone = ground
            .iter()
            .filter(|name| !all.iter().any(|it| it == *name));
        found.extend(gone.map(|name| format!("{room}/{name}")));
    }
    none("Not there any more, take off the list:", &found);
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
