//! What the models hold and WeCom did not name.
use super::{Sync, SyncFailure, SyncSummary, member, tree};
use crate::{Member, QywxInnerDepartmentModel};
use element::{Page, Query, Record, Records, Result};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// Members who were not met are asked for, so many at once.
const AT_ONCE: usize = 8;

/// Members of these departments, or all of them, who were not met. A department that is gone left members behind, too.
pub(super) async fn members(
    sync: &Sync<'_>,
    root: Option<i64>,
    within: &BTreeSet<i64>,
    summary: &mut SyncSummary,
) -> Result<()> {
    let records = Member::records(sync.client);
    let is_doubtful = |it: &Member| {
        let inside = || it.department.iter().flatten().any(|id| within.contains(id));
        is_seen(&it.seen_by, sync) && !sync.has_met(&it.user_id) && (root.is_none() || inside())
    };
    let mut pages = Pages::of(&records, sync.client.app.corp_id);
    while let Some(page) = pages.next::<Member>().await? {
        let doubtful = page.into_iter().map(|it| it.value).filter(&is_doubtful).map(|it| it.user_id).collect();
        member::each(sync, doubtful, AT_ONCE, &mut summary.members, &mut summary.failures).await?;
    }
    Ok(())
}

/// Departments below the root, or all of them, that are not in the tree: gone, or moved, or come meanwhile. Their records
/// alone say where they were. Gives all that are there, or were.
pub(super) async fn departments(
    sync: &Sync<'_>,
    root: Option<i64>,
    mut within: BTreeSet<i64>,
    summary: &mut SyncSummary,
) -> Result<BTreeSet<i64>> {
    let records = QywxInnerDepartmentModel::records(sync.client.ctx);
    let (mut parents, mut doubtful) = (BTreeMap::new(), Vec::new());
    let mut pages = Pages::of(&records, sync.client.app.corp_id);
    while let Some(page) = pages.next::<QywxInnerDepartmentModel>().await? {
        for it in page {
            parents.insert(it.value.dept_id, it.value.parent_id);
            if is_seen(&it.value.seen_by, sync) && !within.contains(&it.value.dept_id) {
                doubtful.push(it.value.dept_id);
            }
        }
    }
    for id in doubtful.into_iter().filter(|id| root.is_none_or(|root| is_below(&parents, *id, root))) {
        within.insert(id);
        let outcome = tree::one(sync.pace, id, sync.keeping).await;
        summary.departments.settle(outcome, &mut summary.failures, |e| SyncFailure::of_department(id, e))?;
    }
    Ok(within)
}

/// Did this app see it? What other apps of the company see is their matter.
fn is_seen(seen_by: &BTreeSet<String>, sync: &Sync<'_>) -> bool {
    seen_by.contains(sync.client.app.agent_id)
}

/// Is it the root, or somewhere below? A circle, which WeCom does not make, ends.
fn is_below(parents: &BTreeMap<i64, i64>, mut id: i64, root: i64) -> bool {
    for _ in 0..=parents.len() {
        if id == root {
            return true;
        }
        let Some(parent) = parents.get(&id) else { return false };
        id = *parent;
    }
    false
}

/// The records of one company, page by page: keys begin with its id.
struct Pages<'a> {
    records: &'a Records<'a>,
    prefix: String,
    after: Option<String>,
}

impl<'a> Pages<'a> {
    fn of(records: &'a Records<'a>, corp_id: &str) -> Self {
        let prefix = format!("{corp_id}/");
        Self { records, after: Some(prefix.clone()), prefix }
    }

    async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<Record<T>>>> {
        let Some(after) = self.after.take() else { return Ok(None) };
        let query = Query { after: Some(after), limit: 500, ..Query::default() };
        let page: Page<T> = self.records.query(&query).await?;
        let of_company = page.records.into_iter().take_while(|it| it.key.starts_with(&self.prefix)).collect::<Vec<_>>();
        // Keys are in order, so a page that ends with another company's is the last one.
        self.after = page.next.filter(|it| it.starts_with(&self.prefix));
        Ok(Some(of_company))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_the_root_and_all_under_it_and_circles_end() {
        let parents: BTreeMap<i64, i64> = [(1, 0), (2, 1), (4, 2), (3, 1), (8, 9), (9, 8)].into();
        for (id, root, expected) in [(4, 2, true), (2, 2, true), (3, 2, false), (4, 1, true), (7, 7, true), (8, 1, false)] {
            assert_eq!(is_below(&parents, id, root), expected, "{id} below {root}");
        }
    }
}
