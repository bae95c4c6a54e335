import { minus, printBytes, printCpu, type Resources } from "@orrery/core"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { type Format, printRows, type Row } from "../output/Row.ts"
import { percent } from "../output/words.ts"
import { compute, connect, scope } from "./flags.ts"

/** To the mebibyte, as far as anybody reads a measurement. */
const measuredBytes = (bytes: number): string => printBytes(Math.round(bytes / 2 ** 20) * 2 ** 20)
const titles = (...names: ReadonlyArray<string>) =>
  names.map((title) => ({ title, wide: title.startsWith("GPU") || title === "NAMESPACE" }))

/** What of a node is taken by what runs on it and, where it is measured, what of that is used. */
const topNodes = Effect.fnUntraced(function* (backend: Backend, output: Format) {
  const { nodes } = yield* (yield* backend.scheduler).capacity
  const measured = yield* Effect.flatMap(backend.usage, (usage) => usage.nodes).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "Unsupported",
      () => Effect.undefined
    )
  )
  const usedBy = new Map(measured?.map(({ name, used }) => [name, used]))
  const usedCells = (name: string): ReadonlyArray<string> => {
    if (measured === undefined) return []
    const used = usedBy.get(name)
    return used === undefined ? ["-", "-"] : [printCpu(used.cpuMilli), measuredBytes(used.memoryBytes)]
  }
  const rows = nodes.map((node): Row => {
    const { free, name, total } = node
    const taken = minus(total, free)
    const used = usedBy.get(name)
    const share = (kind: keyof Resources) => percent(taken[kind], total[kind])
    return {
      name,
      cells: [
        name,
        printCpu(taken.cpuMilli),
        share("cpuMilli"),
        printBytes(taken.memoryBytes),
        share("memoryBytes"),
        ...usedCells(name),
        printCpu(taken.gpuMilli),
        share("gpuMilli")
      ],
      document: { name, total, free, taken, ...(used === undefined ? {} : { used }) }
    }
  })
  const used = measured === undefined ? [] : ["USED CPU", "USED MEMORY"]
  yield* printRows(
    {
      singular: "node",
      plural: "nodes",
      titles: titles("NAME", "CPU", "CPU%", "MEMORY", "MEMORY%", ...used, "GPU", "GPU%")
    },
    rows,
    output,
    false
  )
})

/** What pods use, where it is measured. */
const topPods = Effect.fnUntraced(function* (backend: Backend, output: Format) {
  const { namespace } = yield* scope
  const pods = yield* Effect.flatMap(backend.usage, (usage) => usage.pods(namespace))
  const rows = pods.map(
    (pod): Row => ({
      name: pod.name,
      cells: [pod.namespace ?? "-", pod.name, printCpu(pod.used.cpuMilli), measuredBytes(pod.used.memoryBytes)],
      document: pod
    })
  )
  yield* printRows(
    { singular: "pod", plural: "pods", titles: titles("NAMESPACE", "NAME", "CPU", "MEMORY") },
    rows,
    output,
    false
  )
})

/** Prints how much of each node is taken and used, or what pods use. */
export const top = Command.make(
  "top",
  { what: Argument.Literals("what", ["nodes", "pods"]).pipe(Argument.withDefault("nodes" as const)) },
  Effect.fn("cli.top")(function* ({ what }) {
    const { output } = yield* compute
    const backend = yield* connect()
    yield* what === "nodes" ? topNodes(backend, output) : topPods(backend, output)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Print how much of each node is taken and used, or what pods use"),
  Command.withExamples([{ command: "compute top nodes" }, { command: "compute top pods" }])
)
