//! The people of the demo school: staff, families, classes, drawn in memory before anything is written.

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, Date, GuardianLinkId, Name, Timestamp};
use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use super::names::{self, Sex};
use crate::membership::{Change, Place};

const GRADES: i16 = 11;
const LETTERS: [&str; 3] = ["А", "Б", "В"];
const STUDENTS: usize = 900;
const STAFF: usize = 60;
const ADMINISTRATORS: usize = 2;

pub struct Account {
    pub id: AccountId,
    pub name: Name,
    pub phone: Option<String>,
    pub login: Option<String>,
    pub birth_date: Date,
}

pub struct Class {
    pub id: ClassId,
    pub grade: i16,
    pub letter: &'static str,
    pub class_teacher: AccountId,
    pub teachers: Vec<AccountId>,
    pub students: Vec<AccountId>,
    /// Parent and child.
    pub parents: Vec<(AccountId, AccountId)>,
}

pub struct Link {
    pub id: GuardianLinkId,
    pub class: ClassId,
    pub parent: AccountId,
    pub child: AccountId,
    pub child_name: String,
}

#[derive(Default)]
pub struct People {
    pub accounts: Vec<Account>,
    pub roles: Vec<(AccountId, Role)>,
    pub staff: Vec<AccountId>,
    pub classes: Vec<Class>,
    pub links: Vec<Link>,
}

impl People {
    /// About 900 students in 33 classes, 1,400 parents, 60 staff. The first classes' ids follow the
    /// staff room, which is class 1.
    pub fn draw(rng: &mut ChaCha8Rng, today: Date) -> Self {
        let mut people = Self::default();
        people.draw_staff(rng, today);
        people.draw_classes(rng);
        people.draw_families(rng, today);
        people
    }

    pub fn account(&self, id: AccountId) -> &Account {
        &self.accounts[usize::try_from(id.0 - 1).unwrap_or_default()]
    }

    /// Who belongs where from a day on. The links wait, and bring the parents to where the
    /// children are.
    pub fn changes(&self, since: Timestamp) -> Vec<Change> {
        let begin = |who: &AccountId, place| Change::begin(*who, place, since);
        let roles = self
            .roles
            .iter()
            .map(|(who, role)| begin(who, Place::School(*role)));
        let classes = self.classes.iter().flat_map(|class| {
            let place = |role| Place::Class(class.id, role);
            let lead = begin(&class.class_teacher, place(ClassRole::ClassTeacher));
            let teachers = class.teachers.iter();
            let teachers = teachers.map(move |who| begin(who, place(ClassRole::Teacher)));
            let students = class.students.iter();
            let students = students.map(move |who| begin(who, place(ClassRole::Student)));
            std::iter::once(lead).chain(teachers).chain(students)
        });
        let links = self.links.iter().map(|link| {
            let (id, child) = (link.id, Some(link.child));
            begin(&link.parent, Place::Link { link: id, child })
        });
        roles.chain(classes).chain(links).collect()
    }

    fn add(&mut self, name: Name, birth_date: Date, phone: bool) -> AccountId {
        let number = self.accounts.len() + 1;
        let id = AccountId(i64::try_from(number).unwrap_or(i64::MAX));
        let login = format!("{}.{number}", names::latin(&name.surname));
        self.accounts.push(Account {
            id,
            name,
            // Numbers of a range that no operator gives out.
            phone: phone.then(|| format!("+7000{number:07}")),
            login: (!phone).then_some(login),
            birth_date,
        });
        id
    }

    fn draw_staff(&mut self, rng: &mut ChaCha8Rng, today: Date) {
        for place in 0..STAFF {
            let sex = if rng.random_ratio(5, 6) {
                Sex::Female
            } else {
                Sex::Male
            };
            let surname = names::surname(rng);
            let name = names::adult(rng, surname, sex);
            let age = rng.random_range(24..64);
            let born = birthday(rng, today.year - age);
            let id = self.add(name, born, true);
            if place < ADMINISTRATORS {
                self.roles.push((id, Role::Administrator));
            }
            self.roles.push((id, Role::Teacher));
            self.staff.push(id);
        }
    }

    fn draw_classes(&mut self, rng: &mut ChaCha8Rng) {
        let leaders = self.staff[ADMINISTRATORS..].to_vec();
        let mut id = 1;
        for grade in 1..=GRADES {
            for letter in LETTERS {
                id += 1;
                let class_teacher = leaders[(id - 2) as usize % leaders.len()];
                let mut others: Vec<AccountId> = self
                    .staff
                    .iter()
                    .copied()
                    .filter(|one| *one != class_teacher)
                    .collect();
                others.shuffle(rng);
                others.truncate(if grade <= 4 { 3 } else { 8 });
                self.classes.push(Class {
                    id: ClassId(id),
                    grade,
                    letter,
                    class_teacher,
                    teachers: others,
                    students: Vec::new(),
                    parents: Vec::new(),
                });
            }
        }
    }

    /// Families have one to three children in different classes, and one or two parents.
    fn draw_families(&mut self, rng: &mut ChaCha8Rng, today: Date) {
        let mut children = 0;
        while children < STUDENTS {
            let surname = names::surname(rng);
            let parents = self.draw_parents(rng, surname, today);
            let siblings = match rng.random_range(0..20) {
                0 => 3,
                1..=2 => 2,
                _ => 1,
            };
            for _ in 0..siblings {
                // Filled evenly: the next class takes the next child.
                let class = (children * 7) % self.classes.len();
                self.draw_child(rng, surname, class, &parents, today);
                children += 1;
            }
        }
    }

    fn draw_parents(&mut self, rng: &mut ChaCha8Rng, surname: &str, today: Date) -> Vec<AccountId> {
        let mut parents = Vec::new();
        for sex in [Sex::Female, Sex::Male] {
            if sex == Sex::Female || rng.random_ratio(19, 20) {
                let name = names::adult(rng, surname, sex);
                let age = rng.random_range(28..52);
                let born = birthday(rng, today.year - age);
                let id = self.add(name, born, true);
                self.roles.push((id, Role::Parent));
                parents.push(id);
            }
        }
        parents
    }

    fn draw_child(
        &mut self,
        rng: &mut ChaCha8Rng,
        surname: &str,
        class: usize,
        parents: &[AccountId],
        today: Date,
    ) {
        let sex = if rng.random() { Sex::Female } else { Sex::Male };
        let name = names::child(rng, surname, sex);
        let grade = self.classes[class].grade;
        let born = birthday(rng, today.school_year() - 7 - grade + 1);
        let child_name = name.short();
        // Half of the primary school has no phone of its own (R38).
        let child = self.add(name, born, grade > 4 || rng.random());
        self.roles.push((child, Role::Student));
        self.classes[class].students.push(child);
        for parent in parents {
            self.classes[class].parents.push((*parent, child));
            self.links.push(Link {
                id: GuardianLinkId(i64::try_from(self.links.len() + 1).unwrap_or(i64::MAX)),
                class: self.classes[class].id,
                parent: *parent,
                child,
                child_name: child_name.clone(),
            });
        }
    }
}

fn birthday(rng: &mut ChaCha8Rng, year: i16) -> Date {
    Date {
        year,
        month: rng.random_range(1..=12),
        day: rng.random_range(1..=28),
    }
}
