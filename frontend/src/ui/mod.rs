//! The design system. Screens are made of these parts and bring no colours or sizes of their own.
//!
//! Rules that keep them small and obvious:
//! - A text prop is `Signal<String>` with `into`: give it `t!(…)`, a `String`, or a signal.
//! - What a person changes is an `RwSignal` prop named `value`, `open` or `selected`.
//! - What happens is a `Callback<()>` with `into`: give it `move || …`.
//! - State shows in ARIA and `data-` attributes; the look is in `style/ui/<file>.css`.
//! - Components return [`AnyView`](leptos::prelude::AnyView), so that a screen's type stays small.
//!
//! | file | parts |
//! |---|---|
//! | `button` | [`Button`], [`IconButton`], [`ButtonLink`] |
//! | `form` | [`Form`], [`FormErrors`]: fields find their own error by their `name` |
//! | `field` | [`TextField`], [`PasswordField`], [`PhoneField`], [`DateField`], [`TextArea`], [`SelectField`] |
//! | `choice` | [`Checkbox`], [`SegmentedControl`] |
//! | `file_field` | [`FileField`] |
//! | `dialog` | [`Dialog`], [`Confirm`] |
//! | `menu` | [`Menu`], [`MenuButton`], [`ContextMenu`], [`MenuItem`] |
//! | `toast` | [`toast::show`], [`toast::undo`], [`Toasts`](toast::Toasts) |
//! | `tabs` | [`Tabs`] |
//! | `avatar`, `badge` | [`Avatar`], [`RoleBadge`], [`role_title`], [`Count`], [`Tag`] |
//! | `placeholder` | [`Skeleton`], [`EmptyState`], [`ErrorState`] |
//! | `banner` | [`Banner`] |
//! | `list`, `card`, `table` | [`List`], [`ListItem`], [`Card`], [`Table`] |
//! | `pager` | [`Pager`] |
//! | `page`, `split` | [`Page`], [`PublicPage`], [`PaneHeader`], [`Split`] |
//! | `live` | [`live`]: a closure as a part of a screen; [`said`]: a paragraph when there is one |
//! | `icon` | [`Icon`] |
//! | `clipboard` | [`copy`] |
//! | `time` | times, days and dates in the person's language |
//! | `theme`, `storage` | light or dark, and what this device remembers |

mod avatar;
mod badge;
mod banner;
mod button;
mod card;
mod choice;
mod clipboard;
mod dialog;
mod field;
mod file_field;
mod form;
mod icon;
mod list;
mod live;
mod menu;
mod page;
mod pager;
mod placeholder;
mod split;
pub mod storage;
mod table;
mod tabs;
pub mod theme;
pub mod time;
pub mod toast;
mod unique_id;

pub use avatar::{Avatar, AvatarSize};
pub use badge::{Count, RoleBadge, Tag, Tone, role_title};
pub use banner::Banner;
pub use button::{Button, ButtonLink, IconButton, Variant};
pub use card::Card;
pub use choice::{Checkbox, SegmentedControl};
pub use clipboard::copy;
pub use dialog::{Confirm, Dialog};
pub use field::{DateField, PasswordField, PhoneField, SelectField, TextArea, TextField};
pub use file_field::FileField;
pub use form::{Form, FormErrors};
pub use icon::Icon;
pub use list::{List, ListItem};
pub use live::{live, said};
pub use menu::{Anchor, ContextMenu, Menu, MenuButton, MenuItem, menu_is_open};
pub(crate) use page::brand_mark;
pub use page::{Page, PaneHeader, PublicPage};
pub use pager::Pager;
pub use placeholder::{EmptyState, ErrorState, Shape, Skeleton};
pub use split::Split;
pub use table::Table;
pub use tabs::{Tab, Tabs};
pub use unique_id::unique_id;
