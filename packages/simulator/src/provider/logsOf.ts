import {
  because,
  type ComputeError,
  type LogLine,
  type LogOptions,
  NotFound,
  type PodRef,
  Stale,
  Unavailable
} from "@orrery/core"
import { Effect, Option, Result, Stream } from "effect"
import type { Gate } from "./Gate.ts"
import type { PodHouse, SimPod } from "./PodHouse.ts"
import type { World } from "./World.ts"

const operation = "Hosts.logs"
const followEveryMs = 1_000

/** What a pod has printed by now. */
const linesOf = (world: World, pod: SimPod, { sinceMs = 0, tail }: LogOptions = {}): ReadonlyArray<LogLine> => {
  const { startedAtMs } = pod
  if (startedAtMs === undefined) return []
  const untilMs = pod.endedAtMs ?? world.stampMs
  const lines = pod.program.prints
    .map(({ afterMs, text }) => ({ source: pod.wanted.name, text, atMs: startedAtMs + afterMs }))
    .filter(({ atMs }) => atMs <= untilMs && atMs >= sinceMs)
  return tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))
}

/** What becomes of an open stream just now: it goes on, is closed as if all was said, breaks, or says nothing any more. */
const fateOf = ({ dice, profile }: World): Effect.Effect<"on" | "closed", ComputeError> => {
  const at = { backend: profile.name, operation }
  if (dice.hitsCall(operation, "streamClosedPerMille")) return Effect.succeed("closed")
  if (dice.hitsCall(operation, "streamBrokenPerMille"))
    return Effect.fail(because(new Unavailable({ ...at, detail: "the stream broke" })))
  if (dice.hitsCall(operation, "streamExpiredPerMille"))
    return Effect.fail(because(new Stale({ ...at, detail: "the stream's position is no longer known" })))
  return dice.hitsCall(operation, "streamSilentPerMille") ? Effect.never : Effect.succeed("on")
}

/** The lines after so many, as they are printed, until the pod ends. */
const linesToCome = (world: World, pod: SimPod, printed: number): Stream.Stream<LogLine, ComputeError> =>
  Stream.paginate(printed, (told) =>
    Effect.gen(function* () {
      yield* Effect.sleep(followEveryMs)
      if ((yield* fateOf(world)) === "closed") return [[], Option.none<number>()] as const
      const lines = linesOf(world, pod)
      return [lines.slice(told), pod.endedAtMs === undefined ? Option.some(lines.length) : Option.none()] as const
    })
  )

/** What a pod has printed so far, and with `follow` what it prints until it ends. */
export const logsOf = (
  world: World,
  house: PodHouse,
  gate: Gate,
  ref: PodRef,
  options: LogOptions = {}
): Stream.Stream<LogLine, ComputeError> =>
  Stream.unwrap(
    Effect.map(
      gate.call({
        operation,
        work: () => {
          const pod = house.find(ref)
          const at = { backend: world.profile.name, operation }
          if (pod === undefined) return Result.fail(new NotFound({ ...at, kind: "pod", name: ref.name }))
          const lines = linesOf(world, pod, options)
          return Result.succeed({
            lines,
            printed: linesOf(world, pod).length,
            pod,
            isOver: pod.endedAtMs !== undefined
          })
        }
      }),
      ({ isOver, lines, pod, printed }) => {
        const soFar = Stream.fromIterable(lines)
        return options.follow === true && !isOver ? Stream.concat(soFar, linesToCome(world, pod, printed)) : soFar
      }
    )
  )
