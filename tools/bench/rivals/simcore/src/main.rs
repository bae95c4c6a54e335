//! Hold model on SimCore: PENDING timers at exponential delays; each that fires sets one more; EVENTS fire in all.
//! Prints the events per second of serving. usage: hold PENDING EVENTS

use rand::{Rng, SeedableRng};
use serde::Serialize;
use simcore::{cast, Event, EventHandler, Id, Simulation, SimulationContext};
use std::{cell::RefCell, rc::Rc, time::Instant};

#[derive(Clone, Serialize)]
struct Fired {
    timer: u32,
}

struct Timers {
    context: SimulationContext,
    own_id: Id,
    random: rand_pcg::Pcg64,
    mean: f64,
    checksum: u64,
}

impl Timers {
    fn set(&mut self, timer: u32) {
        let delay = -self.mean * (1.0 - self.random.gen::<f64>()).ln();
        self.context.emit(Fired { timer }, self.own_id, delay);
    }
}

impl EventHandler for Timers {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Fired { timer } => {
                self.checksum = self.checksum.wrapping_add(timer as u64);
                self.set(timer);
            }
        })
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).map(|word| word.parse().expect("a number")).collect();
    let (pending, events) = (numbers[0], numbers[1]);
    let mut simulation = Simulation::new(1);
    let context = simulation.create_context("timers");
    let own_id = context.id();
    let random = rand_pcg::Pcg64::seed_from_u64(42);
    let timers = Rc::new(RefCell::new(Timers { context, own_id, random, mean: pending as f64, checksum: 0 }));
    simulation.add_handler("timers", timers.clone());
    for timer in 0..pending {
        timers.borrow_mut().set(timer as u32);
    }
    let start = Instant::now();
    simulation.steps(events);
    println!("{:.0}", events as f64 / start.elapsed().as_secs_f64());
    eprintln!("checksum {}", timers.borrow().checksum);
}
