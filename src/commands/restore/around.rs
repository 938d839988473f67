//! What runs on the data while it is restored: stopped before, and started again after, whatever came of it.

use crate::commands::Failure;
use crate::infra::config::Config;
use crate::infra::services::{self, ServiceError, Services};

/// In the order in which they are stopped: no backup may begin, and nobody may wake the server while it is away. Started the
/// other way round.
const OURS: [&str; 4] = [services::BACKUP_TIMER, services::BACKUP_PATH, services::SOCKET, services::SERVER];

/// The units that run on the data.
pub(super) struct Around<'a> {
    services: &'a dyn Services,
    running: Vec<&'static str>,
    /// Whether the database's unit runs, which a restore may have to stop.
    database: bool,
}

impl<'a> Around<'a> {
    /// Those of the installation that the machine runs; another one, of a developer or a test, is nobody's unit.
    pub(super) fn find(config: &Config, services: &'a dyn Services) -> Self {
        let ours = if config.is_of_the_machine() { &OURS[..] } else { &[] };
        // A server that could not start without its data is to run afterwards, too.
        let wanted = !ours.is_empty() && services.is_active(services::TARGET);
        let database = wanted || (!ours.is_empty() && services.is_active(services::DATABASE));
        Self {
            services,
            database,
            running: ours.iter().copied().filter(|unit| wanted || services.is_active(unit)).collect(),
        }
    }

    /// Whether there is nothing to stop.
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Stops them. The database goes on; a restore needs it.
    pub(super) fn stop(&self) -> Result<(), ServiceError> {
        self.running.iter().try_for_each(|unit| self.services.stop(unit))
    }

    /// Starts them again, the database before them: it may have been stopped as one that did not answer. One that does not
    /// start keeps no other from it.
    pub(super) fn start(&self) -> Result<(), ServiceError> {
        let database = self.database || !self.running.is_empty();
        let all = database.then_some(services::DATABASE).into_iter().chain(self.running.iter().rev().copied());
        let started = all.map(|unit| {
            self.services.forgive(unit);
            self.services.start(unit)
        });
        started.collect::<Vec<_>>().into_iter().collect()
    }

    /// Does something while they stand still. They are started afterwards, unless what is there must not be used.
    pub(super) fn while_stopped<T>(
        &self,
        work: impl FnOnce() -> Result<T, Failure>,
        usable: impl FnOnce() -> bool,
    ) -> Result<T, Failure> {
        let done = match self.stop() {
            Ok(()) => work(),
            Err(error) => Err(error.into()),
        };
        if !usable() {
            return done;
        }
        match (done, self.start()) {
            (Ok(_), Err(error)) => {
                Err(format!("everything is restored, but the server could not be started: {error}").into())
            }
            (done, _) => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::services::double::Remembers;

    fn asked(well: bool, usable: bool) -> Vec<String> {
        let services = Remembers::new(true);
        let around = Around { services: &services, running: OURS.to_vec(), database: true };
        let work = || {
            services.note("work");
            if well { Ok(()) } else { Err("no".into()) }
        };
        assert_eq!(around.while_stopped(work, || usable).is_ok(), well);
        services.asked()
    }

    #[test]
    fn the_server_stands_still_meanwhile_and_runs_again_also_after_a_failure() {
        let all = [
            "stop vcconnect-backup.timer",
            "stop vcconnect-backup.path",
            "stop vcconnect.socket",
            "stop vcconnect.service",
            "work",
            "start vcconnect-db.service",
            "start vcconnect.service",
            "start vcconnect.socket",
            "start vcconnect-backup.path",
            "start vcconnect-backup.timer",
        ];
        assert_eq!(asked(true, true), all);
        assert_eq!(asked(false, true), all);
        assert_eq!(asked(false, false), all[..5], "on what is half old and half new nothing runs");
    }
}
