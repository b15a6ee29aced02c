//! `generators`, `transformers` and `validators`: plugins with a configuration of their own
//! (api/internal/plugins/loader/loader.go). The built-in ones run; programs and containers are gaps.

use manifesto_tree::{Gap, GapReason, Place};
use manifesto_yaml::{Mark, Node, SmolStr};

use super::ksops::is_ksops;
use super::origin::Origin;
use super::{Accumulated, Context, Layer, check};
use crate::config::FieldSpec;
use crate::error::{Halt, Outcome};
use crate::file::{
    Decode, Fields, Generator, HelmChart, Image, Misread, Pairs, Patch, Read, ReplacementField, Replica,
    Rules, Selector, Text, Texts, fields,
};
use crate::generate::Generated;
use crate::node::json::{Route, through};
use crate::object::{Object, metadata};
use crate::select::Target;
use crate::transform::{AddTarget, Affix, Subjects, add_value};

/// A plugin's configuration.
struct Plugin {
    object: Object,
    /// The line that names it.
    mark: Mark,
    /// Its configuration as its struct is decoded from.
    config: Node,
}

impl Layer {
    /// The configurations that a field names: objects written in it, or files and directories with some. Those written
    /// in the field come first.
    fn plugins(&self, context: &Context<'_>, list: Option<&Texts>, what: &str) -> Outcome<Vec<Plugin>> {
        let mut plugins = Vec::new();
        let (mut inline, mut paths) = (Accumulated::default(), Vec::new());
        let schema = context.schema();
        for text in list.into_iter().flatten() {
            let yaml = &context.session.limits().yaml;
            match crate::object::read_objects(text.value.as_bytes(), yaml) {
                Ok(read) => {
                    for node in read.objects {
                        let mut object = Object::new(node.all_at(text.mark), self.path.clone());
                        if let Some(origin) = &self.origin {
                            let noted = object.set_switch(metadata::ORIGIN, &origin.append(self.name).text());
                            check(context, Some(self.place(text.mark)), what, noted)?;
                        }
                        let added = inline.objects.append(object, &schema);
                        check(context, Some(self.place(text.mark)), what, added)?;
                    }
                }
                Err(_) => paths.push(text),
            }
        }
        let first_mark = list.into_iter().flatten().next().map(|text| text.mark).unwrap_or_default();
        let mut all: Vec<(Object, Mark)> =
            inline.objects.iter().map(|o| (o.clone(), o.root().mark)).collect();
        let mut acc = inline;
        for text in paths {
            let before = acc.objects.len();
            self.accumulate_resource(context, &mut acc, text)?;
            all.extend(acc.objects.iter().skip(before).map(|object| (object.clone(), text.mark)));
        }
        for (object, mark) in all {
            let mark = if mark.line > 0 { mark } else { first_mark };
            let config = through(object.root(), Route::Quoted);
            let config = check(context, Some(self.place(mark)), what, config)?;
            plugins.push(Plugin { object, mark, config });
        }
        Ok(plugins)
    }

    /// Runs `generators`.
    pub(super) fn run_plugin_generators(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let plugins =
            self.plugins(context, self.file.generators.as_ref(), "the generator cannot be loaded")?;
        for plugin in &plugins {
            if is_ksops(&plugin.config) {
                self.run_ksops(context, acc, &plugin.config, plugin.mark)?;
            } else if !plugin.is_builtin() {
                self.external(context, acc, plugin);
            } else {
                self.run_builtin_generator(context, acc, plugin)?;
            }
        }
        Ok(())
    }

    /// Runs `transformers`.
    pub(super) fn run_plugin_transformers(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
    ) -> Outcome<()> {
        let plugins =
            self.plugins(context, self.file.transformers.as_ref(), "the transformer cannot be loaded")?;
        plugins.iter().try_for_each(|plugin| self.run_plugin_transformer(context, acc, plugin))
    }

    /// Runs `validators`, which must not change anything.
    pub(super) fn run_validators(&self, context: &Context<'_>, acc: &mut Accumulated) -> Outcome<()> {
        let plugins =
            self.plugins(context, self.file.validators.as_ref(), "the validator cannot be loaded")?;
        for plugin in &plugins {
            let mut copy = acc.clone();
            self.run_plugin_transformer(context, &mut copy, plugin)?;
            let same = copy.objects.len() == acc.objects.len()
                && copy.objects.iter().zip(acc.objects.iter()).all(|(a, b)| a.root() == b.root());
            if !same {
                let what = format!("the validator `{}` is refused", metadata::name(&plugin.config));
                return Err(self.refused(plugin.mark, what, "it changes objects"));
            }
        }
        Ok(())
    }

    fn run_plugin_transformer(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
    ) -> Outcome<()> {
        if !plugin.is_builtin() {
            self.external(context, acc, plugin);
            return Ok(());
        }
        self.run_builtin_transformer(context, acc, plugin)?;
        let origin = self.origin.is_some().then(|| plugin.origin(context)).flatten();
        self.settle(context, acc, origin.as_ref())
    }

    /// A program would have to be run, so that objects may be missing, or may look otherwise.
    fn external(&self, context: &Context<'_>, acc: &mut Accumulated, plugin: &Plugin) {
        let kind = metadata::kind(&plugin.config);
        let name = metadata::name(&plugin.config);
        let detail = format!(
            "the plugin {kind} `{name}` of {} is a program, and is not run",
            metadata::api_version(&plugin.config)
        );
        acc.incomplete.get_or_insert(GapReason::Plugin);
        context.gap(Gap::new(GapReason::Plugin, detail).at(self.place(plugin.mark)));
    }

    fn misread(&self, plugin: &Plugin, misread: Misread) -> Halt {
        let what = format!("the configuration of `{}` cannot be read", metadata::name(&plugin.config));
        Halt::refused(plugin.place(misread.mark), what, misread.why).via(&self.place(plugin.mark))
    }

    fn run_builtin_generator(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
    ) -> Outcome<()> {
        let origin = self.origin.is_some().then(|| plugin.origin(context)).flatten();
        let kind = metadata::kind(&plugin.config);
        let read = |what| plugin.fields(what).map_err(|misread| self.misread(plugin, misread));
        match kind {
            "ConfigMapGenerator" | "SecretGenerator" => {
                let what = if kind == "SecretGenerator" { Generated::Secret } else { Generated::ConfigMap };
                let mut fields = read("a generator")?;
                let mut args =
                    plugin.generator(&mut fields).map_err(|misread| self.misread(plugin, misread))?;
                args.mark = plugin.mark;
                let options = args.options.take();
                self.run_generator(context, acc, what, &args, options.as_ref(), origin.as_ref())
            }
            "HelmChartInflationGenerator" => {
                let mut fields = read("a chart")?;
                let home: Read<SmolStr> = fields.or_default("chartHome");
                let chart = home.and_then(|home| Ok((HelmChart::of(&mut fields, plugin.mark)?, home)));
                let (chart, home) = chart.map_err(|misread| self.misread(plugin, misread))?;
                self.run_chart(context, acc, &chart, &home, origin.as_ref())
            }
            "IAMPolicyGenerator" => {
                let object = plugin.iam_policy().map_err(|misread| self.misread(plugin, misread))?;
                self.absorb(context, acc, object, plugin.mark, "the account cannot be generated")
            }
            _ => Err(self.unknown(plugin, "generator")),
        }
    }

    fn unknown(&self, plugin: &Plugin, wanted: &str) -> Halt {
        let what = format!("the plugin `{}` cannot be run", metadata::name(&plugin.config));
        let why = format!("`{}` is no built-in {wanted}", metadata::kind(&plugin.config));
        self.refused(plugin.mark, what, why)
    }

    fn run_builtin_transformer(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
    ) -> Outcome<()> {
        let misread = |misread| self.misread(plugin, misread);
        let mut fields = plugin.fields("a transformer").map_err(misread)?;
        let mark = plugin.mark;
        let specs = |fields: &mut Fields<'_>| fields.read::<Vec<FieldSpec>>("fieldSpecs").map_err(misread);
        match metadata::kind(&plugin.config) {
            "NamespaceTransformer" => self.run_namespace(context, acc, plugin, &mut fields),
            kind @ ("PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer") => {
                let Some(specs) = specs(&mut fields)? else {
                    return Err(self.refused(
                        mark,
                        "names cannot be changed",
                        "the transformer has no `fieldSpecs`",
                    ));
                };
                for (affix, field) in [(Affix::Prefix, "prefix"), (Affix::Suffix, "suffix")] {
                    let mut text: Text = fields.or_default(field).map_err(misread)?;
                    text.mark = mark;
                    if kind.to_ascii_lowercase().contains(field) {
                        self.add_affix(context, acc, affix, &text, &specs)?;
                    }
                }
                Ok(())
            }
            kind @ ("LabelTransformer" | "AnnotationsTransformer") => {
                let field = if kind == "LabelTransformer" { "labels" } else { "annotations" };
                let mut pairs: Pairs = fields.or_default(field).map_err(misread)?;
                for text in pairs.values_mut() {
                    text.mark = mark;
                }
                let specs = specs(&mut fields)?.unwrap_or_default();
                self.set_pairs(context, acc, &pairs, &specs, mark)
            }
            "ReplicaCountTransformer" => {
                let mut replica: Replica = fields.or_default("replica").map_err(misread)?;
                replica.mark = mark;
                let specs = specs(&mut fields)?.unwrap_or_default();
                self.set_replicas(context, acc, &replica, &specs)
            }
            "ImageTagTransformer" => {
                let mut image: Image = fields.or_default("imageTag").map_err(misread)?;
                image.mark = mark;
                let specs = specs(&mut fields)?.unwrap_or_default();
                self.set_image(context, acc, &image, &specs)
            }
            "ReplacementTransformer" => {
                let list: Vec<ReplacementField> = fields.or_default("replacements").map_err(misread)?;
                list.iter().try_for_each(|f| self.run_replacement(context, acc, &f.path, &f.replacement))
            }
            "PatchTransformer" | "PatchJson6902Transformer" | "PatchStrategicMergeTransformer" => {
                self.run_patch(context, acc, plugin, &mut fields)
            }
            "ValueAddTransformer" => self.run_value_add(context, acc, plugin, &mut fields),
            _ => Err(self.unknown(plugin, "transformer")),
        }
    }

    fn run_namespace(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
        fields: &mut Fields<'_>,
    ) -> Outcome<()> {
        let misread = |misread| self.misread(plugin, misread);
        let specs: Vec<FieldSpec> = fields.or_default("fieldSpecs").map_err(misread)?;
        let unset_only: bool = fields.or_default("unsetOnly").map_err(misread)?;
        let subjects: SmolStr = fields.or_default("setRoleBindingSubjects").map_err(misread)?;
        let place = Some(self.place(plugin.mark));
        let subjects = check(context, place, "the namespace cannot be set", Subjects::new(&subjects))?;
        let namespace = Text { value: metadata::namespace(&plugin.config).into(), mark: plugin.mark };
        self.set_namespace(context, acc, &namespace, &specs, unset_only, subjects)
    }

    fn run_patch(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
        fields: &mut Fields<'_>,
    ) -> Outcome<()> {
        let misread = |misread| self.misread(plugin, misread);
        let kind = metadata::kind(&plugin.config);
        if kind == "PatchStrategicMergeTransformer" {
            let mut entries: Texts = fields.or_default("paths").map_err(misread)?;
            let inline: Text = fields.or_default("patches").map_err(misread)?;
            if !inline.value.is_empty() {
                entries.push(inline);
            }
            for entry in &mut entries {
                entry.mark = plugin.mark;
            }
            if entries.is_empty() {
                return Err(self.refused(plugin.mark, "the patches cannot be applied", "there are none"));
            }
            return self.merge_old_patches(context, acc, &entries);
        }
        let text = if kind == "PatchTransformer" { "patch" } else { "jsonOp" };
        let mut patch = Patch {
            path: fields.or_default("path").map_err(misread)?,
            patch: fields.or_default(text).map_err(misread)?,
            target: fields.read("target").map_err(misread)?,
            options: fields.or_default("options").map_err(misread)?,
            mark: plugin.mark,
        };
        (patch.path.mark, patch.patch.mark) = (plugin.mark, plugin.mark);
        if kind == "PatchTransformer" {
            self.apply_patch(context, acc, &patch)
        } else {
            self.apply_old_json_patch(context, acc, &patch)
        }
    }

    fn run_value_add(
        &self,
        context: &Context<'_>,
        acc: &mut Accumulated,
        plugin: &Plugin,
        fields: &mut Fields<'_>,
    ) -> Outcome<()> {
        let misread = |misread| self.misread(plugin, misread);
        let what = "the value cannot be added";
        let value: SmolStr = fields.or_default("value").map_err(misread)?;
        let value = match value.trim() {
            "" => SmolStr::from(self.root.directory.file_name()),
            trimmed => trimmed.into(),
        };
        let mut targets: Vec<ValueTarget> = fields.or_default("targets").map_err(misread)?;
        let path: Text = fields.or_default("targetFilePath").map_err(misread)?;
        if !path.value.is_empty() {
            let loaded = self.load(context, &Text { mark: plugin.mark, ..path }, what)?;
            targets.extend(read_targets(&loaded.bytes, context).map_err(misread)?);
        }
        let place = || Some(self.place(plugin.mark));
        if targets.is_empty() {
            return Err(self.refused(plugin.mark, what, "it has no targets"));
        }
        let mut compiled = Vec::new();
        for target in targets {
            let position = usize::try_from(target.position).map_err(|_| "a position is negative".to_owned());
            let selector = target.selector.as_ref().map(Target::new).transpose();
            if target.field_path.is_empty() {
                return Err(self.refused(plugin.mark, what, "a target has no `fieldPath`"));
            }
            compiled.push(AddTarget {
                target: check(context, place(), what, selector)?,
                field_path: target.field_path,
                position: check(context, place(), what, position)?,
            });
        }
        let schema = context.schema();
        let work = self.work(context, &schema, plugin.mark);
        check(context, place(), what, add_value(&mut acc.objects, &value, &compiled, work))
    }
}

impl Plugin {
    fn is_builtin(&self) -> bool {
        metadata::api_version(&self.config) == "builtin"
    }

    fn fields(&self, what: &'static str) -> Read<Fields<'_>> {
        fields(&self.config, what, Rules::Lenient)
    }

    fn place(&self, mark: Mark) -> Option<Place> {
        let path = self.object.files().get(usize::from(mark.file))?.clone();
        Some(Place { path, line: mark.line, column: u32::from(mark.column) })
    }

    /// What annotations of the objects say about this plugin.
    fn origin(&self, context: &Context<'_>) -> Option<Origin> {
        let text = metadata::annotation(self.object.root(), metadata::ORIGIN)?;
        let path = text.lines().find_map(|line| line.strip_prefix("path: "))?;
        let identity = self.object.identity(&context.schema()).current.clone();
        Some(Origin::plugin(path.trim_matches(['"', '\'']), &identity))
    }

    /// A generator whose name and namespace may stand in its metadata.
    fn generator(&self, fields: &mut Fields<'_>) -> Read<Generator> {
        let kind: SmolStr = fields.or_default("type")?;
        let mut args = Generator::of(fields, self.mark)?;
        args.kind = kind;
        if args.name.is_empty() {
            args.name = metadata::name(&self.config).into();
        }
        if args.namespace.is_empty() {
            args.namespace = metadata::namespace(&self.config).into();
        }
        Ok(args)
    }

    /// A ServiceAccount that stands for an account of a cloud (api/filters/iampolicygenerator).
    fn iam_policy(&self) -> Read<Object> {
        let mut fields = self.fields("an IAM policy generator")?;
        let cloud: SmolStr = fields.or_default("cloud")?;
        if cloud != "gke" {
            return Err(Misread::new(self.mark, format!("the cloud `{cloud}` is not known, only `gke` is")));
        }
        let text = |path: &[&str]| {
            SmolStr::from(self.config.path(path).map(crate::node::value_text).unwrap_or_default())
        };
        let account = format!(
            "{}@{}.iam.gserviceaccount.com",
            text(&["serviceAccount", "name"]),
            text(&["serviceAccount", "projectId"])
        );
        let mut metadata = vec![
            (
                "annotations",
                Node::mapping(manifesto_yaml::Mapping::from_iter([(
                    "iam.gke.io/gcp-service-account",
                    Node::string(account),
                )])),
            ),
            ("name", Node::string(text(&["kubernetesService", "name"]))),
        ];
        let namespace = text(&["kubernetesService", "namespace"]);
        if !namespace.is_empty() {
            metadata.push(("namespace", Node::string(namespace)));
        }
        let root = Node::mapping(manifesto_yaml::Mapping::from_iter([
            ("apiVersion", Node::string("v1")),
            ("kind", Node::string("ServiceAccount")),
            ("metadata", Node::mapping(manifesto_yaml::Mapping::from_iter(metadata))),
        ]));
        let file = self.object.files().first().cloned().unwrap_or_else(manifesto_tree::TreePath::root);
        let mark = self.object.root().mark;
        Ok(Object::new(root.all_at(mark), file))
    }
}

/// A target of ValueAddTransformer.
#[derive(Debug, Default)]
struct ValueTarget {
    selector: Option<Selector>,
    field_path: SmolStr,
    position: i64,
}

impl Decode for ValueTarget {
    fn decode(node: &Node, rules: Rules) -> Read<Self> {
        let mut fields = fields(node, "a target", rules)?;
        Ok(Self {
            selector: fields.read("selector")?,
            field_path: fields.or_default("fieldPath")?,
            position: fields.or_default("filePathPosition")?,
        })
    }
}

fn read_targets(bytes: &[u8], context: &Context<'_>) -> Read<Vec<ValueTarget>> {
    let parsed =
        manifesto_yaml::parse(bytes, manifesto_yaml::Dialect::SigsV2, &context.session.limits().yaml);
    if let Some(error) = parsed.error.filter(|_| parsed.documents.is_empty()) {
        return Err(Misread::new(error.mark, error.problem));
    }
    let root = parsed.documents.into_iter().next().map_or_else(Node::null, |document| document.root);
    fields(&root, "the targets", Rules::Lenient)?.or_default("targets")
}
