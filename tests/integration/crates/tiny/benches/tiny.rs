//! A benchmark without dependencies that writes what Criterion would, in a second: `TINY_SECONDS` makes it last longer,
//! `TINY_UNTIL` lets it wait for a file after the first id, `TINY_FAIL` lets it fail there, and for `TINY_TIMES` tenths
//! of a second it first prints the time, between bytes of every kind.
use std::{env, fs, io::Write, path::PathBuf, thread::sleep, time::{Duration, Instant, SystemTime}};

const IDS: [&str; 3] = ["sum/100", "sum/1000", "sum/10000"];

fn measure(n: u64) -> Vec<f64> {
    (0..10)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box((0..n).fold(0u64, |a, b| a.wrapping_mul(31).wrapping_add(std::hint::black_box(b))));
            start.elapsed().as_nanos() as f64
        })
        .collect()
}

/// `times` from the shortest to the longest.
fn write(id: &str, times: &[f64]) {
    let home = PathBuf::from(env::var("CRITERION_HOME").expect("CRITERION_HOME is not set"));
    let directory = home.join(id).join("new");
    fs::create_dir_all(&directory).unwrap();
    let estimate = format!(
        r#"{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{},"upper_bound":{}}},"point_estimate":{},"standard_error":1.0}}"#,
        times[0], times[9], times[5]
    );
    let (group, value) = id.split_once('/').unwrap();
    let benchmark = format!(
        r#"{{"group_id":"{group}","function_id":null,"value_str":"{value}","throughput":null,"full_id":"{id}","directory_name":"{id}","title":"{id}"}}"#
    );
    let estimates = format!(r#"{{"mean":{estimate},"median":{estimate},"median_abs_dev":{estimate},"slope":null,"std_dev":{estimate}}}"#);
    let iters = vec!["1.0"; times.len()].join(",");
    let joined = times.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    fs::write(directory.join("benchmark.json"), benchmark).unwrap();
    fs::write(directory.join("estimates.json"), estimates).unwrap();
    fs::write(directory.join("sample.json"), format!(r#"{{"sampling_mode":"Flat","iters":[{iters}],"times":[{joined}]}}"#)).unwrap();
    fs::write(directory.join("tukey.json"), "[0.0,0.0,0.0,0.0]").unwrap();
}

/// Tell the time ten times a second, after all bytes there are, and end within a line.
fn tell(times: u32) {
    let mut out = std::io::stdout();
    let bytes: Vec<u8> = (0..=255).collect();
    out.write_all(&bytes).unwrap();
    out.write_all(b"\r\n\x1b[31mred\x1b[0m 1%\r2%\r\n\n").unwrap();
    for _ in 0..times {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        out.write_all(format!("at {:.3}\n", now.as_secs_f64()).as_bytes()).unwrap();
        sleep(Duration::from_millis(100));
    }
}

fn main() {
    let times = env::var("TINY_TIMES").ok().and_then(|s| s.parse().ok());
    times.map(tell);
    let seconds: f64 = env::var("TINY_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(0.3);
    for id in IDS {
        eprintln!("Benchmarking {id}");
        let mut times = measure(id.rsplit('/').next().unwrap().parse().unwrap());
        sleep(Duration::from_secs_f64(seconds / IDS.len() as f64));
        times.sort_by(f64::total_cmp);
        println!("{id:<24}time:   [{} ns {} ns {} ns]", times[0], times[5], times[9]);
        write(id, &times);
        while env::var_os("TINY_UNTIL").is_some_and(|file| !PathBuf::from(file).exists()) {
            sleep(Duration::from_millis(100));
        }
        assert!(env::var_os("TINY_FAIL").is_none(), "TINY_FAIL is set");
    }
    if times.is_some() {
        print!("an end \u{fffd} without an end of line");
        std::io::stdout().flush().unwrap();
    }
}
