//! Backups of databases: where CloudNativePG archives to, and who asks for backups.
//!
//! Upstream: CloudNativePG 1.28 (docs/src/backup.md, wal_archiving.md, internal/webhook/v1) and its Barman Cloud plugin 0.9.

use std::sync::Arc;

use manifesto_objects::Object;
use manifesto_yaml::{Mark, Node};

use crate::Cluster;

const GROUP: &str = "postgresql.cnpg.io";
const PLUGIN: &str = "barman-cloud.cloudnative-pg.io";

/// Where a database archives to.
#[derive(Debug, Clone)]
pub struct Archive {
    /// How: by the plugin, or by what is built in.
    pub method: Method,
    /// The ObjectStore that the plugin is told to use; none where it is not known.
    pub store: Option<Arc<Object>>,
    /// The bucket and the path in it, where they are known.
    pub destination: Option<String>,
    /// The directory of the database below that.
    pub server: String,
    /// Whether every write is archived, which recovery to a point in time needs.
    pub archives_wal: bool,
    /// Where it is configured.
    pub mark: Mark,
}

/// How a backup is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By the plugin (`spec.plugins`).
    Plugin,
    /// By what is built in (`spec.backup.barmanObjectStore`).
    BuiltIn,
    /// By snapshots of the volumes (`spec.backup.volumeSnapshot`).
    Snapshot,
}

/// The databases of a cluster.
pub fn databases(cluster: &Cluster) -> impl Iterator<Item = &Arc<Object>> {
    cluster.of_kind(GROUP, "Cluster")
}

/// Where a database archives to; none where it does not.
pub fn archive(database: &Object, cluster: &Cluster) -> Option<Archive> {
    plugin(database, cluster).or_else(|| built_in(database)).or_else(|| snapshot(database))
}

fn plugin(database: &Object, cluster: &Cluster) -> Option<Archive> {
    let plugins = database.at(&["spec", "plugins"]).map(Node::items).unwrap_or_default();
    let is_ours = |plugin: &&Node| {
        let enabled = plugin.get("enabled").and_then(Node::as_bool) != Some(false);
        enabled && plugin.get("name").and_then(Node::as_str) == Some(PLUGIN)
    };
    let plugin = plugins.iter().find(is_ours)?;
    let parameter = |name| plugin.path(&["parameters", name]).and_then(Node::as_str);
    let store = parameter("barmanObjectName")
        .and_then(|name| cluster.get("barmancloud.cnpg.io", "ObjectStore", &database.id.namespace, name))
        .cloned();
    let destination =
        store.as_ref().and_then(|store| text(store, &["spec", "configuration", "destinationPath"]));
    let archiver = plugin.get("isWALArchiver");
    Some(Archive {
        method: Method::Plugin,
        store,
        destination,
        server: parameter("serverName").unwrap_or(&database.id.name).to_owned(),
        archives_wal: archiver.and_then(Node::as_bool) == Some(true),
        mark: archiver.map_or(plugin.mark, |node| node.mark),
    })
}

fn built_in(database: &Object) -> Option<Archive> {
    let node = database.at(&["spec", "backup", "barmanObjectStore"])?;
    let own = |key| node.get(key).and_then(Node::as_str).map(str::to_owned);
    Some(Archive {
        method: Method::BuiltIn,
        store: None,
        destination: own("destinationPath"),
        server: own("serverName").unwrap_or_else(|| database.id.name.clone()),
        archives_wal: true,
        mark: node.mark,
    })
}

fn snapshot(database: &Object) -> Option<Archive> {
    let node = database.at(&["spec", "backup", "volumeSnapshot"])?;
    Some(Archive {
        method: Method::Snapshot,
        store: None,
        destination: None,
        server: database.id.name.clone(),
        archives_wal: false,
        mark: node.mark,
    })
}

/// Why a ScheduledBackup does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idle {
    /// There is no such database.
    NoDatabase(String),
    /// The database is not configured for its method.
    NoMethod(&'static str),
    /// The schedule has not the five or six fields that the operator reads.
    Schedule(String),
    /// It is switched off.
    Suspended,
}

/// Why a ScheduledBackup does nothing; none where it works.
pub fn idle(backup: &Object, cluster: &Cluster) -> Option<Idle> {
    if backup.at(&["spec", "suspend"]).and_then(Node::as_bool) == Some(true) {
        return Some(Idle::Suspended);
    }
    let schedule = text(backup, &["spec", "schedule"]).unwrap_or_default();
    if !schedule.starts_with('@') && !matches!(schedule.split_whitespace().count(), 5 | 6) {
        return Some(Idle::Schedule(schedule));
    }
    let name = text(backup, &["spec", "cluster", "name"])?;
    let Some(database) = cluster.get(GROUP, "Cluster", &backup.id.namespace, &name) else {
        return Some(Idle::NoDatabase(name));
    };
    let method = text(backup, &["spec", "method"]);
    let (works, word) = match method.as_deref() {
        Some("plugin") => (plugin(database, cluster).is_some(), "plugin"),
        Some("volumeSnapshot") => (snapshot(database).is_some(), "volumeSnapshot"),
        _ => (built_in(database).is_some(), "barmanObjectStore"),
    };
    (!works).then_some(Idle::NoMethod(word))
}

/// The schedule of a ScheduledBackup that is not what it looks like: of five fields the operator takes the first for
/// seconds (robfig/cron v1, `cron.Parse`), where a crontab has minutes.
pub fn misread_schedule(backup: &Object) -> Option<String> {
    let schedule = text(backup, &["spec", "schedule"])?;
    (!schedule.starts_with('@') && schedule.split_whitespace().count() == 5).then_some(schedule)
}

/// The ScheduledBackups that back a database up.
pub fn schedules<'c>(database: &'c Object, cluster: &'c Cluster) -> impl Iterator<Item = &'c Arc<Object>> {
    cluster.of_kind(GROUP, "ScheduledBackup").filter(|backup| {
        backup.id.namespace == database.id.namespace
            && text(backup, &["spec", "cluster", "name"]).as_deref() == Some(&database.id.name)
            && idle(backup, cluster).is_none()
    })
}

fn text(object: &Object, path: &[&str]) -> Option<String> {
    object.at(path).and_then(Node::as_str).map(str::to_owned)
}
