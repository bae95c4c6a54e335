import type { ClusterEvent } from "@orrery/core"
import { Console, Effect, Result, Stream } from "effect"
import { Command } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import type { Wanted } from "../input/readFiles.ts"
import { printJson, printYaml } from "../output/printDocument.ts"
import { withProgress } from "../output/progress.ts"
import { type Changes, findChanges, isEmpty, printChanges } from "./changes.ts"
import { confirm } from "./confirm.ts"
import { connect, dryRunFlag, filesFlag, printedAs, wantedIn, yesFlag } from "./flags.ts"

type Form = "table" | "json" | "yaml"

const show = (changes: Changes, output: Form) => {
  if (output === "json") return printJson(changes)
  if (output === "yaml") return printYaml([changes])
  const text = printChanges(changes)
  return text === "" ? Console.error("the files ask for nothing") : Console.log(text)
}

/** Says what `apply` would do, with reasons and price. */
export const plan = Command.make(
  "plan",
  { files: filesFlag },
  Effect.fn("cli.plan")(function* ({ files }) {
    const output = yield* printedAs("table", "json", "yaml")
    const wanted = yield* wantedIn(files)
    const backend = yield* connect(wanted.from)
    yield* show(yield* findChanges(backend, wanted), output)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Say what apply would do, why, and what it costs; changes nothing"),
  Command.withExamples([{ command: "compute plan -f examples/production.yaml" }])
)

/** What a person waiting for machines wants to see of an event. */
const newsOf = (event: ClusterEvent): Result.Result<string, void> =>
  "node" in event ? Result.succeed(`  ${event.node.name} ${event.node.state}`) : Result.failVoid

/** Machines first, then what runs on them. Each call may be repeated, so an interrupted run is simply run again. */
const carryOut = Effect.fnUntraced(function* (backend: Backend, wanted: Wanted, changes: Changes, output: Form) {
  // the standard output is one document for a program, and what was done a list for a person
  const say = output === "table" ? Console.log : Console.error
  for (const [index, spec] of wanted.clusters.entries()) {
    const steps = changes.clusters[index]?.steps.length ?? 0
    if (steps > 0) {
      const { createCluster, watchCluster } = yield* backend.clusters
      yield* withProgress(Stream.filterMap(watchCluster(spec.name), newsOf), createCluster(spec))
    }
    yield* say(`cluster/${spec.name} ${steps > 0 ? "applied" : "unchanged"}`)
  }
  for (const { action, wanted: spec } of changes.deployments) {
    const { progressDeadlineMs, replicas, strategy, template } = spec
    const update = { progressDeadlineMs, replicas, strategy, template }
    if (action === "create") yield* (yield* backend.containers).createDeployment(spec)
    if (action === "update") yield* (yield* backend.containers).updateDeployment(spec, update)
    yield* say(`deployment/${spec.name} ${{ create: "created", update: "updated", none: "unchanged" }[action]}`)
  }
  for (const { action, wanted: job } of changes.jobs) {
    if (action === "submit") yield* (yield* backend.scheduler).submit(job)
    yield* say(`job/${job.name} ${action === "submit" ? "submitted" : "unchanged"}`)
  }
})

/** Makes what there is match what files ask for. */
export const apply = Command.make(
  "apply",
  { files: filesFlag, yes: yesFlag, dryRun: dryRunFlag },
  Effect.fn("cli.apply")(function* ({ dryRun, files, yes }) {
    const output = yield* printedAs("table", "json", "yaml")
    const wanted = yield* wantedIn(files)
    const backend = yield* connect(wanted.from)
    const changes = yield* findChanges(backend, wanted)
    yield* show(changes, output)
    if (dryRun || isEmpty(changes)) return
    if (yield* confirm("Do this?", yes)) yield* carryOut(backend, wanted, changes, output)
    else yield* Console.error("nothing was changed")
  }, Effect.scoped)
).pipe(
  Command.withDescription("Make what there is match what files ask for; running it again takes up where it was"),
  Command.withExamples([
    { command: "compute apply -f examples/production.yaml" },
    { command: "cat fleet.yaml | compute apply -f - --yes" }
  ])
)
