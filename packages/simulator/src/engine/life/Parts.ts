import { Agenda } from "../Agenda.ts"
import type { Streams } from "../Streams.ts"
import { Gpus } from "../world/Gpus.ts"
import { Budgets } from "./Budgets.ts"
import { kubeObjects } from "./kubeObjects.ts"
import { Meter } from "./Meter.ts"
import { Placement } from "./Placement.ts"
import { Quota } from "./Quota.ts"
import type { Scenario } from "./Scenario.ts"

/** The parts of the engine that keep its promises. A test puts one with a fault in place, to see that somebody notices. */
export interface Parts {
  readonly agenda: Agenda
  readonly placement: Placement
  readonly gpus: Gpus
  readonly meter: Meter
  readonly quota: Quota
  readonly budgets: Budgets
}

/** The parts of an engine without faults. */
export const makeParts = (scenario: Scenario, streams: Streams): Parts => ({
  agenda: new Agenda(),
  placement: new Placement(kubeObjects(scenario.workloads), streams.named("ties")),
  gpus: new Gpus(),
  meter: new Meter(),
  quota: new Quota(scenario.quotas),
  budgets: new Budgets()
})
