//! What a template asks about.

use std::fmt;

macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $title:literal;)*) => {
        /// What a template asks about: one label of the template, or a fact that feeds several labels.
        /// The slug names the analyzer's folder, its page, its configuration key and its JSON key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Topic { $($(#[$doc])* $name,)* }

        impl Topic {
            /// Every topic, in the order of the template.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in folders, configuration and JSON.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The name in headings: the template's own words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

topics! {
    /// Which deployed units change, and what each consists of.
    Components = "components", "Components";
    /// Which files a reviewer should open.
    KeyFiles = "key-files", "Key Files Modified/Created";
    /// Which parts of the platform the change touches.
    InfrastructureImpact = "infrastructure-impact", "Infrastructure Impact";
    /// What a component talks to.
    IntegrationPoints = "integration-points", "Integration Points";
    /// Which protections are in place.
    SecurityMeasures = "security-measures", "Security Measures Implemented";
    /// What becomes reachable from where.
    AttackSurface = "attack-surface", "Attack Surface Analysis";
    /// Which secret comes from where.
    SecretsManagement = "secrets-management", "Secrets Management";
    /// Which connections are allowed.
    NetworkIsolation = "network-isolation", "Network Isolation";
    /// Who may do what.
    Permissions = "permissions", "Permissions";
    /// Which images run.
    Images = "images", "Images";
    /// What was tried out.
    TestingPerformed = "testing-performed", "Testing Performed";
    /// How the change reaches the clusters.
    DeploymentMethod = "deployment-method", "Deployment Method";
    /// What must be there first.
    DeploymentPrerequisites = "deployment-prerequisites", "Deployment Prerequisites";
    /// In which order it deploys.
    DeploymentSteps = "deployment-steps", "Deployment Steps";
    /// How to come back.
    RollbackProcedure = "rollback-procedure", "Rollback Procedure";
    /// What it costs.
    ResourceRequirements = "resource-requirements", "Resource Requirements";
    /// Where data is kept and saved.
    Storage = "storage", "Storage";
    /// Which names are published, and by which certificates they are covered.
    DnsAndCertificates = "dns-and-certificates", "DNS and Certificates";
    /// What is watched.
    MonitoringAndMetrics = "monitoring-and-metrics", "Monitoring and Metrics";
    /// What is written down.
    Documentation = "documentation", "Documentation Created/Updated";
    /// What stops working.
    BreakingChanges = "breaking-changes", "Breaking Changes";
    /// What will stop working.
    Deprecations = "deprecations", "Deprecations";
    /// Where to look.
    ReviewFocusAreas = "review-focus-areas", "Critical Review Areas";
}

impl Topic {
    /// The topic of this slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|topic| topic.slug() == slug)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}
