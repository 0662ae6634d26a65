use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use simulators::cmms::{Clock, Double, Setup, register};
use simulators::plant::{PlantKeys, PlantOptions};

use super::{Common, desk, import};
use crate::serve;

/// Simulated neighbours.
#[derive(Debug, Subcommand)]
pub(super) enum Simulate {
    /// A plant that predicts, measures and repairs, through the public API only.
    Plant(Plant),
    /// A CMMS that takes work orders; it tells at `/_double/about` how to connect.
    Cmms(SimulatedCmms),
}

#[derive(Debug, Args)]
pub(super) struct SimulatedCmms {
    /// Which system; without one, the list.
    system: Option<String>,
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: String,
    /// Asset list (CSV, as for `import assets`) whose machines its register has, else a small one of
    /// its own; given again, a later one changes and adds.
    #[arg(long, value_name = "FILE", requires = "site")]
    register: Vec<PathBuf>,
    /// The site of the list.
    #[arg(long, value_name = "TAG", requires = "register")]
    site: Option<String>,
    /// File that keeps what it holds over a restart.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Plant {
    /// Where Millwright listens; from the configuration when absent.
    #[arg(long)]
    url: Option<String>,
    /// File with PLANT_KEY, PLANNER_KEY, SUPERVISOR_KEY and TECHNICIAN_KEY.
    #[arg(long, value_name = "FILE")]
    keys_file: PathBuf,
    /// A simulated CMMS in which its people work; may be given again.
    #[arg(long = "cmms", value_name = "URL")]
    doubles: Vec<String>,
    /// Authority to trust; the local one of the data folder when absent.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// 1 for people who watch, 0 without waiting.
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// The same number gives the same plant.
    #[arg(long, default_value_t = 1_050)]
    seed: u64,
    /// Ends after the three stories.
    #[arg(long)]
    stories_only: bool,
}

pub(super) async fn run(command: Simulate, common: &Common) -> Result<()> {
    match command {
        Simulate::Plant(arguments) => plant(arguments, common).await,
        Simulate::Cmms(arguments) => simulated_cmms(arguments, common).await,
    }
}

async fn simulated_cmms(arguments: SimulatedCmms, common: &Common) -> Result<()> {
    let names: Vec<&str> = simulators::cmms::systems().collect();
    let Some(system) = arguments.system else {
        desk::say(common.json, &names.join("\n"), &json!(names));
        return Ok(());
    };
    let face = simulators::cmms::face(&system)
        .with_context(|| format!("there is no {system}; there are {}", names.join(", ")))?;
    let mut setup = Setup::new(&arguments.listen, Clock::Runs(Arc::new(serve::wall_clock)));
    if let Some(site) = &arguments.site {
        let lists = arguments.register.iter().map(|file| import::read(file));
        setup.machines = Some(register::of_site(&lists.collect::<Result<Vec<_>>>()?, site)?);
    }
    setup.kept_in = arguments.keep;
    let double = Double::open(face, setup)
        .await
        .with_context(|| format!("cannot start on {}", arguments.listen))?;
    let line = format!("{system} listens on {0}, see {0}/_double/about", double.url());
    desk::say(common.json, &line, &json!({"system": system, "url": double.url()}));
    Ok(double.run().await?)
}

async fn plant(plant: Plant, common: &Common) -> Result<()> {
    let config = common.load(None, None)?;
    serve::log(&config, false);
    let text = std::fs::read_to_string(&plant.keys_file)
        .with_context(|| format!("cannot read {}", plant.keys_file.display()))?;
    let keys = PlantKeys::parse(&text)?;
    let url = plant.url.unwrap_or_else(|| serve::base_url(&config, None));
    let local = config.data_dir.join("tls/ca.pem");
    let authority = plant.ca.or_else(|| local.is_file().then_some(local));
    let mut options = PlantOptions::new(url, keys, Arc::new(serve::wall_clock));
    options.ca_pem = match authority {
        Some(path) => {
            Some(std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?)
        }
        None => None,
    };
    options.doubles = plant.doubles;
    options.pace = plant.pace;
    options.seed = plant.seed;
    options.stories_only = plant.stories_only;
    simulators::plant::run(options).await
}
