import { type WorldEvent, type Witness as WorldWitness, worldEvents } from "../world/WorldEvent.ts"

/** What only the cluster's own controllers know of. A pod without a node, queued or lost with it, is forgotten when nobody wants it any more. */
export type ControlEvent = "podCreated" | "podRefused" | "podForgotten" | "replicasSet" | "jobDone" | "jobFailed"

/** One of the things that can happen. */
export type LifeEvent = WorldEvent | ControlEvent

/** All that can happen, in the order of the numbers that go into the state hash. */
export const lifeEvents: ReadonlyArray<LifeEvent> = [
  ...worldEvents,
  "podCreated",
  "podRefused",
  "podForgotten",
  "replicasSet",
  "jobDone",
  "jobFailed"
]

/** Sees everything that happens in a cluster. */
export type Witness = WorldWitness<LifeEvent>
