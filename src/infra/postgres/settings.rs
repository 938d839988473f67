//! The files that decide how the cluster behaves. They are written anew at every start, so they are never stale.

use std::path::Path;

use super::layout::{PostgresError, Role};

/// What a start may choose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Durability {
    /// No crash safety: for tests, whose data nobody will miss.
    pub(super) throwaway: bool,
}

/// Who may connect.
#[derive(Debug)]
pub(super) struct Clients {
    /// Whoever started the database: in every role, as root is.
    pub(super) starter: String,
    /// Further users: as the server, and to make backups.
    pub(super) servers: Vec<String>,
}

/// Writes `postgresql.conf`, `pg_hba.conf` and `pg_ident.conf`.
pub(super) fn write(
    cluster: &Path,
    socket_dir: &Path,
    clients: &Clients,
    durability: Durability,
) -> Result<(), PostgresError> {
    let files = [
        ("postgresql.conf", server(socket_dir, durability)),
        ("pg_hba.conf", access()),
        ("pg_ident.conf", identities(clients)),
    ];
    for (name, text) in files {
        let path = cluster.join(name);
        std::fs::write(&path, text).map_err(PostgresError::io("write", path))?;
    }
    Ok(())
}

/// The socket is for everybody who may enter its folder; who they are, `pg_hba.conf` has the kernel say.
fn server(socket_dir: &Path, durability: Durability) -> String {
    let socket_dir = socket_dir.to_string_lossy().replace('\'', "''");
    let mut text = format!(
        "# written by vcconnect at every start; changes here are lost\n\
         listen_addresses = ''\n\
         unix_socket_directories = '{socket_dir}'\n\
         unix_socket_permissions = 0777\n\
         max_connections = 40\n\
         shared_buffers = 64MB\n\
         jit = off\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         log_line_prefix = 'postgres[%p] '\n\
         log_min_messages = warning\n\
         log_min_error_statement = panic\n\
         log_parameter_max_length = 0\n\
         log_parameter_max_length_on_error = 0\n\
         log_checkpoints = off\n\
         idle_in_transaction_session_timeout = 60s\n\
         lock_timeout = 30s\n"
    );
    if durability.throwaway {
        text.push_str(
            "shared_buffers = 32MB\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
             wal_level = minimal\nmax_wal_senders = 0\nautovacuum = off\n",
        );
    }
    text
}

fn access() -> String {
    "# written by vcconnect at every start\nlocal all all peer map=vcconnect\n".to_owned()
}

/// Who may be anybody on this machine, and migrates and restores.
const ROOT: &str = "root";

/// Which system user may be which role. A server that may read everything as itself gains nothing by the role of backups.
fn identities(clients: &Clients) -> String {
    let mut masters = vec![clients.starter.as_str(), ROOT];
    masters.dedup();
    let masters = masters.into_iter().flat_map(|user| Role::ALL.map(|role| (user, role)));
    let servers = clients.servers.iter().flat_map(|user| [Role::App, Role::Backup].map(|role| (user.as_str(), role)));
    let mut text = "# written by vcconnect at every start\n".to_owned();
    for (user, role) in masters.chain(servers) {
        text.push_str(&format!("vcconnect \"{}\" {}\n", user.replace('"', ""), role.name()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_listens_on_the_network_and_no_password_works() {
        let conf = server(Path::new("/run/x"), Durability { throwaway: false });
        assert!(conf.contains("listen_addresses = ''"));
        assert!(!conf.contains("fsync"));
        assert_eq!(access().lines().filter(|line| !line.starts_with('#')).count(), 1);
        assert!(access().contains("peer"));
    }

    #[test]
    fn only_the_starter_and_root_are_more_than_the_server() {
        let clients = Clients { starter: "vcconnect-db".to_owned(), servers: vec!["vcconnect".to_owned()] };
        let text = identities(&clients);
        assert!(text.contains("\"root\" vcc_owner\n") && text.contains("\"vcconnect-db\" vcc_super\n"), "{text}");
        let servers: Vec<&str> = text.lines().filter(|line| line.contains("\"vcconnect\"")).collect();
        assert_eq!(servers, ["vcconnect \"vcconnect\" vcc_app", "vcconnect \"vcconnect\" vcc_backup"]);
    }

    #[test]
    fn root_is_named_once() {
        let clients = Clients { starter: "root".to_owned(), servers: Vec::new() };
        assert_eq!(identities(&clients).matches("\"root\"").count(), Role::ALL.len());
    }
}
