import { type ComputeError, type LogLine, type LogOptions, NotFound, type PodRef } from "@orrery/core"
import { Effect, Option, Result, Stream } from "effect"
import { fateOf } from "./fateOf.ts"
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

/** The lines after so many, as they are printed, until the pod ends. */
const linesToCome = (world: World, pod: SimPod, printed: number): Stream.Stream<LogLine, ComputeError> =>
  Stream.paginate(printed, (told) =>
    Effect.gen(function* () {
      yield* Effect.sleep(followEveryMs)
      if ((yield* fateOf(world, operation)) === "closed") return [[], Option.none<number>()] as const
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
