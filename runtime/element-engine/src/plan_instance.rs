//! What an Instance is made of: its config on top of the defaults of the Types that its own is derived from, checked; and the
//! same for the Type that its own stands in the place of, if there is one.
use crate::{
    Diagnostic, Document, Type,
    check::{Checked, check},
    key::{any_secret, secret},
    lineage::{Lineage, Overridden, configs},
    plan::{InstanceKey, Make, Todo},
    vars::Vars,
    view::{Defined, View},
};
use serde_json::Value;
use std::sync::Arc;

impl View<'_> {
    pub(crate) fn plan_instance(
        &self,
        it: &Defined<'_>,
        declaration: &Document,
        lineage: &Lineage,
        vars: &Vars<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Todo {
        let config = it.files.config.document();
        let empty = Document::empty(declaration);
        let config_or_none = config.unwrap_or(&empty);
        let all: Vec<&Document> = std::iter::once(config_or_none).chain(configs(&lineage.links)).collect();
        // What is for the Type that is overridden alone, this one does not know and need not.
        let own: Vec<Document> =
            all.iter().map(|it| it.only(|key| lineage.knows(key) || !lineage.knows_below(key))).collect();
        let own: Vec<&Document> = own.iter().collect();
        let Some(Checked { config: effective, mistakes, .. }) = self.check(&own, &lineage.ty, vars) else {
            return Todo::Withhold;
        };
        if !mistakes.is_empty() {
            // What is missing in a config that is not there is one mistake.
            let missing = |it: &Diagnostic| config.is_none() && it.file == declaration.path;
            if mistakes.iter().any(missing) {
                diagnostics.push(missing_config(it, declaration, &lineage.ty, &effective));
            }
            diagnostics.extend(mistakes.into_iter().filter(|it| !missing(it)).map(|it| lineage.with_keys_below(it)));
            return Todo::Withhold;
        }
        match self.beneath(it, &[config_or_none], lineage, vars) {
            Ok(overridden) => Todo::Build(self.make(it, &lineage.ty, effective, overridden)),
            Err(mistakes) => {
                diagnostics.extend(mistakes);
                Todo::Withhold
            }
        }
    }

    /// The same Instance of the Type that its own stands in the place of and calls, as if nothing stood there. What is said in
    /// that place and not known there is for it, too. `above` are the files that say its config beside those of the chain.
    fn beneath(
        &self,
        it: &Defined<'_>,
        above: &[&Document],
        lineage: &Lineage,
        vars: &Vars<'_>,
    ) -> Result<Option<Make>, Vec<Diagnostic>> {
        let Some(Overridden { lineage: below, links }) = &lineage.overridden else { return Ok(None) };
        let (nearer, in_its_place) = lineage.links.split_at(lineage.links.len() - links);
        let for_others: Vec<Document> = configs(in_its_place).map(|it| it.only(|key| !lineage.knows(key))).collect();
        let above: Vec<&Document> = above.iter().copied().chain(configs(nearer)).chain(&for_others).collect();
        let all = above.iter().copied().chain(configs(&below.links));
        let known: Vec<Document> = all.map(|it| it.only(|key| below.knows(key))).collect();
        let Some(checked) = self.check(&known.iter().collect::<Vec<_>>(), &below.ty, vars) else { return Ok(None) };
        if !checked.mistakes.is_empty() {
            return Err(checked.mistakes);
        }
        let overridden = self.beneath(it, &above, below, vars)?;
        Ok(Some(self.make(it, &below.ty, checked.config, overridden)))
    }

    /// `None`: what is made of this Type has no config.
    fn check(&self, documents: &[&Document], ty: &Type, vars: &Vars<'_>) -> Option<Checked> {
        let checked = check(documents, ty.info.schema.as_ref()?, ty.validator.as_ref()?, vars);
        let mut asked = self.asked.borrow_mut();
        asked.extend(checked.secrets.iter().map(|name| secret(name)));
        if checked.secrets.iter().any(|name| !vars.files.contains_key(name)) {
            asked.push(any_secret());
        }
        Some(checked)
    }

    fn make(&self, it: &Defined<'_>, ty: &Arc<Type>, config: Value, overridden: Option<Make>) -> Make {
        let app = self.line[it.layer].id.clone();
        let below = overridden.as_ref().map(|it| &it.key);
        let key = InstanceKey::new(Some(app), it.files.full_name.clone(), ty, &config, below);
        Make { ty: Arc::clone(ty), config, key, overridden: overridden.map(Box::new) }
    }
}

impl Lineage {
    /// Whether its code has a place for this key of a config.
    fn knows(&self, key: &str) -> bool {
        self.ty.info.schema.as_ref().is_some_and(|it| it["properties"].get(key).is_some())
    }

    fn knows_below(&self, key: &str) -> bool {
        self.overridden.as_ref().is_some_and(|it| it.lineage.knows(key) || it.lineage.knows_below(key))
    }

    /// An unknown key might have been meant for the Type that is overridden.
    fn with_keys_below(&self, mistake: Diagnostic) -> Diagnostic {
        let (Some(Overridden { lineage: below, .. }), "unknown-key") = (&self.overridden, &*mistake.code) else {
            return mistake;
        };
        let keys = below.ty.info.schema.iter().filter_map(|it| it["properties"].as_object()).flatten();
        let keys = keys.map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let help = mistake.help.clone().unwrap_or_default();
        mistake.help(format!("{help}; and `{}`, which is overridden, has {keys}", below.links[0].full_name))
    }
}

fn missing_config(it: &Defined<'_>, declaration: &Document, ty: &Type, effective: &Value) -> Diagnostic {
    let keys = ty.info.schema.iter().filter_map(|it| it["required"].as_array()).flatten().filter_map(Value::as_str);
    let keys = keys.filter(|key| effective.get(key).is_none()).map(|key| format!("`{key}`"));
    let name = it.files.full_name.name();
    let help = format!("write `{name}.json` beside `e.json`, with {}", keys.collect::<Vec<_>>().join(", "));
    Diagnostic::error("missing-config", &declaration.path, "there is no config").help(help)
}
