//! Which apps build on which, and in which order each of them sees the others.
use crate::{extends::Parent, linearise::linearise};
use element::AppId;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// More apps that build on each other are a mistake.
pub(crate) const LONGEST: usize = 64;

/// An app that another one, or itself, sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ancestor {
    pub(crate) id: AppId,
    /// Which folder is the app.
    pub(crate) folder: Arc<str>,
}

/// An app and what it is built on, in the order in which it sees them: itself first.
pub(crate) type Line = Arc<[Ancestor]>;

/// Why an app has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tangle {
    pub(crate) why: Why,
    /// From the app to the one that it is about.
    pub(crate) chain: Vec<AppId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is no such app, or it is not in service.
    Missing,
    /// It builds on itself in the end.
    Cycle,
    /// Each of these would have to come before another one.
    Disordered(Vec<AppId>),
    /// Its `extends` has mistakes.
    Unreadable,
    TooMany,
}

/// What one app says, and how it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) folder: Arc<str>,
    pub(crate) version: String,
    /// `None`: `extends` has mistakes.
    pub(crate) parents: Option<Vec<Parent>>,
}

#[derive(Debug, Default)]
pub(crate) struct Ancestry {
    /// Apps that are served by one folder that can be read.
    claims: BTreeMap<AppId, Claim>,
    /// Who names an app as a parent, whether it is there or not.
    children: BTreeMap<AppId, BTreeSet<AppId>>,
    lines: BTreeMap<AppId, Result<Line, Tangle>>,
    tangled: BTreeSet<AppId>,
}

impl Ancestry {
    /// Takes over what these apps say now. Gives every app that sees others than before, or for whom something is wrong or
    /// right with its parents that was not.
    pub(crate) fn update(&mut self, said: impl IntoIterator<Item = (AppId, Option<Claim>)>) -> BTreeSet<AppId> {
        let mut again = self.tangled.clone();
        for (id, claim) in said {
            let before = self.claims.get(&id);
            if before == claim.as_ref() {
                continue;
            }
            for parent in before.into_iter().flat_map(|it| it.parents.iter().flatten()) {
                if let Some(all) = self.children.get_mut(&parent.id) {
                    all.remove(&id);
                }
            }
            for parent in claim.iter().flat_map(|it| it.parents.iter().flatten()) {
                self.children.entry(parent.id.clone()).or_default().insert(id.clone());
            }
            self.below(&id, &mut again);
            match claim {
                Some(it) => drop(self.claims.insert(id, it)),
                None => drop(self.claims.remove(&id)),
            }
        }
        let before: BTreeMap<AppId, _> = again.iter().map(|id| (id.clone(), self.lines.remove(id))).collect();
        let now: Vec<_> = again
            .iter()
            .map(|id| (id, self.claims.contains_key(id).then(|| self.line_below(id, &mut Vec::new()))))
            .collect();
        let mut changed = BTreeSet::new();
        for (id, line) in now {
            if before.get(id) != Some(&line) {
                changed.insert(id.clone());
            }
            if matches!(line, Some(Err(_))) {
                self.tangled.insert(id.clone());
            } else {
                self.tangled.remove(id);
            }
            match line {
                Some(it) => drop(self.lines.insert(id.clone(), it)),
                None => drop(self.lines.remove(id)),
            }
        }
        changed
    }

    /// An app and all that build on it, in the end.
    fn below(&self, id: &AppId, found: &mut BTreeSet<AppId>) {
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            if found.insert(id.clone()) {
                next.extend(self.children(id));
            }
        }
    }

    /// `path` holds the apps that led here.
    fn line_below(&mut self, id: &AppId, path: &mut Vec<AppId>) -> Result<Line, Tangle> {
        if let Some(Ok(line)) = self.lines.get(id) {
            return Ok(Arc::clone(line));
        }
        let tangle = |why| Tangle { why, chain: vec![id.clone()] };
        if path.contains(id) {
            return Err(tangle(Why::Cycle));
        }
        if path.len() >= LONGEST {
            return Err(tangle(Why::TooMany));
        }
        let Some(claim) = self.claims.get(id).cloned() else { return Err(tangle(Why::Missing)) };
        let Some(parents) = claim.parents else { return Err(tangle(Why::Unreadable)) };
        path.push(id.clone());
        let lines: Result<Vec<Line>, Tangle> = parents.iter().map(|it| self.line_below(&it.id, path)).collect();
        path.pop();
        let lines = lines.map_err(|mut tangle| {
            tangle.chain.insert(0, id.clone());
            tangle
        })?;
        let itself = Ancestor { id: id.clone(), folder: claim.folder };
        let line = linearise(itself, &lines.iter().map(|it| &**it).collect::<Vec<_>>());
        let line = line.map_err(|blocked| tangle(Why::Disordered(blocked.into_iter().map(|it| it.id).collect())))?;
        if line.len() > LONGEST {
            return Err(tangle(Why::TooMany));
        }
        let line: Line = line.into();
        self.lines.insert(id.clone(), Ok(Arc::clone(&line)));
        Ok(line)
    }

    /// What an app sees. `None`: it is not there, or something is wrong with its parents.
    pub(crate) fn line(&self, id: &AppId) -> Option<&Line> {
        self.lines.get(id)?.as_ref().ok()
    }

    /// Why an app has no line.
    pub(crate) fn tangle(&self, id: &AppId) -> Option<&Tangle> {
        self.lines.get(id)?.as_ref().err()
    }

    pub(crate) fn claim(&self, id: &AppId) -> Option<&Claim> {
        self.claims.get(id)
    }

    pub(crate) fn apps(&self) -> impl Iterator<Item = &AppId> {
        self.claims.keys()
    }

    /// Apps for whom something is wrong with their parents.
    pub(crate) fn tangled(&self) -> impl Iterator<Item = &AppId> {
        self.tangled.iter()
    }

    /// Who names this app as a parent.
    pub(crate) fn children(&self, id: &AppId) -> impl Iterator<Item = &AppId> {
        self.children.get(id).into_iter().flatten()
    }

    /// The app in this folder, if it is the one that serves, and every app that sees it.
    pub(crate) fn views_of(&self, id: &AppId, folder: &str) -> Vec<&Line> {
        let mut all = BTreeSet::new();
        self.below(id, &mut all);
        let sees = |line: &&Line| line.iter().any(|it| *it.folder == *folder);
        all.iter().filter_map(|id| self.line(id)).filter(sees).collect()
    }
}
