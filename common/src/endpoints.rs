//! The list of all endpoints. It knows every feature; no feature knows it.

use crate::endpoint::Info;
use crate::{
    accounts, channels, chats, classes, invites, monitoring, parents, people, realtime, schools,
};

macro_rules! all {
    ($($endpoint:path),* $(,)?) => {
        /// Every endpoint there is, in the order of the features.
        pub const ALL: &[Info] = &[$(Info::of::<$endpoint>()),*];
    };
}

all![
    realtime::GetState,
    realtime::OpenSocket,
    accounts::SignIn,
    accounts::SignInByForm,
    accounts::SignOut,
    accounts::GetSessions,
    accounts::EndSession,
    accounts::EndOtherSessions,
    accounts::ChangePassword,
    accounts::ChangeName,
    schools::applications::Apply,
    schools::applications::GetApplication,
    schools::applications::Resubmit,
    schools::applications::UploadOrder,
    schools::applications::DownloadOrder,
    schools::applications::RegisterAdministrator,
    schools::applications::GetApplications,
    schools::applications::OpenApplication,
    schools::applications::Decide,
    schools::GetSchool,
    schools::EditSchool,
    classes::GetStructure,
    classes::GetClass,
    classes::CreateClasses,
    classes::EditClass,
    classes::ArchiveClass,
    classes::RestoreClass,
    classes::SetClassTeacher,
    classes::AddToClass,
    classes::MoveToClass,
    classes::RemoveFromClass,
    invites::CreateInvites,
    invites::GetInvites,
    invites::RevokeInvites,
    invites::OpenInvite,
    invites::RegisterByInvite,
    invites::AcceptInvite,
    invites::FindSchool,
    invites::AskToJoin,
    invites::GetJoinRequests,
    invites::DecideJoinRequest,
    people::GetPeople,
    people::GetContacts,
    people::GrantRole,
    people::EndRole,
    people::ResetPassword,
    parents::GetChildren,
    parents::GetGuardianLinks,
    parents::DecideGuardianLink,
    parents::RegisterChild,
    parents::ConfirmChild,
    chats::OpenDirectChat,
    chats::GetMessages,
    chats::GetChanges,
    chats::SendMessage,
    chats::DeleteMessage,
    chats::MarkRead,
    channels::CreateChannel,
    channels::RenameChannel,
    channels::GetViews,
    monitoring::GetHealth,
    monitoring::GetMetrics,
];
