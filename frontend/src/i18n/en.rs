//! English. `Plural::two(one, other)` where Russian has a plural.

use super::{Plural, ru::*};

pub static COMMON: Common = Common {
    product: "Zvonok",
    back: "Back",
    cancel: "Cancel",
    close: "Close",
    save: "Save",
    delete: "Delete",
    edit: "Edit",
    add: "Add",
    done: "Done",
    retry: "Try again",
    undo: "Undo",
    search: "Search",
    more: "More",
    copy: "Copy",
    copied: "Copied",
    yes: "Yes",
    no: "No",
    optional: "optional",
    loading: "Loading…",
    skip_to_content: "Skip to content",
    not_found: "There is no such page",
    not_found_hint: "The link may be out of date or mistyped.",
    to_home: "Home",
    people: Plural::two("{n} person", "{n} people"),
};

pub static UI: Ui = Ui {
    show_password: "Show password",
    hide_password: "Hide password",
    phone_hint: "For example, +7 912 345-67-89",
    choose_file: "Choose a file",
    no_file: "No file chosen",
    choose: "Choose",
    fix_fields: "Check the marked fields",
    notifications: "Notifications",
    resize_list: "Width of the list",
    unread: Plural::two("{n} unread", "{n} unread"),
    today: "Today",
    yesterday: "Yesterday",
    offline: "No connection. What you write will be sent once it is back.",
    reconnecting: "The connection was lost, reconnecting…",
    error_title: "This could not be loaded",
    error_hint: "Check your connection and try again.",
    student: "Student",
    parent: "Parent",
    teacher: "Teacher",
    administrator: "Administrator",
};

pub static NAV: Nav = Nav {
    main: "Sections",
    today: "Today",
    chats: "Chats",
    channels: "Channels",
    school: "School",
    people: "People",
    profile: "Profile",
    admin: "Administration",
    structure: "Classes",
    invites: "Invites",
    requests: "Requests",
    information: "Information",
    applications: "Schools",
    to_app: "To messages",
};

pub static ERRORS: Errors = Errors {
    network: "The server cannot be reached. Check your connection and try again.",
    required: "Fill in this field",
};

pub static ACCOUNTS: Accounts = Accounts {
    sign_in: "Sign in",
    sign_in_title: "Sign in",
    sign_in_lead: "Your school's conversations in one place.",
    login: "Phone or login",
    password: "Password",
    no_account: "New here? Open the invite from your school or",
    by_code: "enter the school code",
    register_school: "Connect a school",
    sign_out: "Sign out",
    profile_title: "Profile",
    language: "Language",
    theme: "Appearance",
    theme_auto: "As on the device",
    theme_light: "Light",
    theme_dark: "Dark",
};

pub static INVITES: Invites = Invites {
    title: "Invite",
    join_title: "Join with a school code",
};

pub static APPLICATIONS: Applications = Applications {
    title: "Application to connect a school",
    state_title: "Your application",
};

pub static SCHOOLS: Schools = Schools { title: "School" };

pub static CLASSES: Classes = Classes { title: "Class" };

pub static PEOPLE: People = People {
    title: "Who to write to",
};

pub static CHATS: Chats = Chats {
    title: "Chats",
    choose: "Choose a chat",
    choose_hint: "Your classes and direct chats are on the left.",
};

pub static CHANNELS: Channels = Channels {
    title: "Channels",
    choose: "Choose a channel",
    choose_hint: "The school shares its news here.",
};

pub static PARENTS: Parents = Parents {
    title: "Today",
    children: "Children",
};

pub static ADMIN: Admin = Admin {
    structure_title: "Classes",
    people_title: "People of the school",
    invites_title: "Invites",
    requests_title: "Join requests",
    information_title: "School information",
    applications_title: "School applications",
};
