import { readConfiguration } from "./configuration.ts"
import { readFollowed } from "./followed.ts"
import { Reader, type ReadOptions } from "./manifest/Reader.ts"
import { podKey } from "./model.ts"
import { followPod, type Placement, placePod } from "./place.ts"
import type { Problem, Source } from "./problem.ts"
import { defaultProfile, type Profile } from "./profile.ts"
import { Scheduler } from "./Scheduler.ts"
import type { TieBreak } from "./ties.ts"
import { World } from "./world.ts"

export { readConfiguration } from "./configuration.ts"
export { PodClasses } from "./manifest/PodClasses.ts"
export { Reader, type ReadOptions } from "./manifest/Reader.ts"
export type * from "./model.ts"
export { podKey } from "./model.ts"
export { decideOn, type Followed, followPod, type Placement, placePod } from "./place.ts"
export type { Problem, Source } from "./problem.ts"
export { defaultProfile, type Profile } from "./profile.ts"
export { type Decision, Scheduler } from "./Scheduler.ts"
export { defaultQueueTimes, type QueueTimes, SchedulingQueue } from "./SchedulingQueue.ts"
export type { TieBreak } from "./ties.ts"
export { World } from "./world.ts"

/** How objects are placed. */
export interface PlaceOptions extends ReadOptions {
  /** A KubeSchedulerConfiguration; without one, the default scheduler. */
  readonly configuration?: Source
  readonly ties?: TieBreak
  /** Lines of `{pod, node, victims?}` to keep to. */
  readonly follow?: Source
  /** Pods in the order given, or as the queue would give them: by priority, then in the order given. */
  readonly order?: "given" | "priority"
}

/** Placements in order, or all that is wrong with the input. */
export type PlaceResult =
  | { readonly placements: ReadonlyArray<Placement>; readonly problems: readonly [] }
  | { readonly placements?: never; readonly problems: ReadonlyArray<Problem> }

/** The configuration that is given apart, the one among the objects, or the default. */
const profilesOf = (
  found: ReadonlyArray<Profile> | undefined,
  given: Source | undefined,
  problems: Array<Problem>
): ReadonlyArray<Profile> => {
  if (given === undefined) return found ?? [defaultProfile]
  if (found !== undefined)
    problems.push({
      file: given.file,
      line: 1,
      path: "",
      message: "a scheduler configuration is among the objects already",
      remedy: "Give one configuration only."
    })
  return readConfiguration(given, problems)
}

/** Reads manifests and places their pods one at a time, as kube-scheduler 1.36 would. */
export const placeManifests = (sources: ReadonlyArray<Source>, options: PlaceOptions = {}): PlaceResult => {
  const reader = new Reader(options)
  for (const source of sources) reader.add(source)
  const objects = reader.finish()
  const problems = [...reader.problems]
  const profiles = profilesOf(reader.profiles, options.configuration, problems)
  const followed = options.follow === undefined ? undefined : readFollowed(options.follow, problems)
  if (problems.length > 0) return { problems }
  const world = new World(objects)
  // Whoever follows wants to know of every choice that would have been right, not of one that was drawn.
  const ties: TieBreak = followed === undefined ? (options.ties ?? { kind: "first" }) : { kind: "first" }
  const scheduler = new Scheduler(world, profiles, ties)
  if (followed !== undefined) {
    const ids = new Map(world.pods.map((pod, id) => [podKey(pod), id]))
    return { placements: followed.map((given) => followPod(scheduler, ids, given)), problems: [] }
  }
  const waiting = [...world.pods.keys()].filter((id) => {
    const pod = scheduler.pod(id)
    return pod.nodeName === undefined && !pod.class.terminating
  })
  const priorityOf = (id: number): number => scheduler.pod(id).class.priority
  if (options.order === "priority") waiting.sort((left, right) => priorityOf(right) - priorityOf(left) || left - right)
  return { placements: waiting.map((id) => placePod(scheduler, id)), problems: [] }
}
