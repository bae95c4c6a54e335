import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { readNamed } from "../input/Target.ts"
import { kinds, refOf } from "../kinds.ts"
import { printJson, printYaml } from "../output/printDocument.ts"
import { printRows } from "../output/Row.ts"
import { table } from "../output/table.ts"
import { compute, connect, printedAs, scope } from "./flags.ts"

/** Says why a job is where it is. */
export const why = Command.make(
  "why",
  { target: Argument.String("target").pipe(Argument.withMetavar("job/NAME"), Argument.variadic({ min: 1, max: 2 })) },
  Effect.fn("cli.why")(function* ({ target }) {
    const output = yield* printedAs("table", "json", "yaml")
    const asked = kinds.filter(({ singular }) => singular === "job")
    const { name } = yield* Effect.fromResult(readNamed(target, asked, "ask about it"))
    const where = yield* scope
    const backend = yield* connect()
    const answer = yield* (yield* backend.scheduler).why(refOf(name, where))
    if (output === "json") return yield* printJson(answer)
    if (output === "yaml") return yield* printYaml([answer])
    yield* Console.log(answer.summary)
    if (answer.refusals.length > 0)
      yield* Console.log(
        table(
          ["NODE", "REASON", "WHY"],
          answer.refusals.map(({ candidate, code, why: reason }) => [candidate, code, reason])
        )
      )
  }, Effect.scoped)
).pipe(
  Command.withDescription("Say why a job waits, node by node"),
  Command.withExamples([{ command: "compute why job/train" }])
)

const nodeName = { name: Argument.String("node") }

const status = Command.make(
  "status",
  nodeName,
  Effect.fn("cli.node.status")(function* ({ name }) {
    const { output } = yield* compute
    const backend = yield* connect()
    const nowMs = yield* backend.nowMs
    for (const kind of kinds.filter(({ singular }) => singular === "node"))
      yield* printRows(kind, [yield* kind.get(backend, name, { namespace: undefined }, nowMs)], output, true)
  }, Effect.scoped)
).pipe(Command.withDescription("Print one node"), Command.withExamples([{ command: "compute node status general-1" }]))

const acts = {
  cordon: ["Keep new work off a node", "cordoned"],
  uncordon: ["Let new work onto a node again", "uncordoned"],
  drain: ["Move the work of a node away", "drained"],
  repair: ["Replace a node that is lost or broken", "repaired"]
} as const

const act = (verb: keyof typeof acts) =>
  Command.make(
    verb,
    nodeName,
    Effect.fn(`cli.node.${verb}`)(function* ({ name }) {
      yield* printedAs("table")
      const backend = yield* connect()
      yield* (yield* backend.clusters).nodes[verb](name)
      yield* Console.log(`node/${name} ${acts[verb][1]}`)
    }, Effect.scoped)
  ).pipe(Command.withDescription(acts[verb][0]), Command.withExamples([{ command: `compute node ${verb} general-1` }]))

/** What can be asked of, and done with, one node. */
export const node = Command.make("node").pipe(
  Command.withDescription("Look at one node, or take it out of work"),
  Command.withSubcommands([status, act("cordon"), act("uncordon"), act("drain"), act("repair")])
)
