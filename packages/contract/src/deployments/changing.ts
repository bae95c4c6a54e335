import type { ComputeError, Deployment } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually } from "../eventually.ts"
import { expectRefusal, expectSame, expectThat } from "../expect.ts"
import { containerRule } from "../Rule.ts"
import { deploymentOf, podOf } from "../specs.ts"
import { watched } from "../watched.ts"
import { availableWith, podsOf } from "./looks.ts"

const withNote = (spec: Deployment, note: string): Deployment["template"] => ({
  ...spec.template,
  labels: { ...spec.template.labels, note }
})

/** Nobody runs a command twice but its caller, who knows that it does no harm: as here, where an answer was lost. */
const answered = <A>(call: Effect.Effect<A, ComputeError>): Effect.Effect<A, ComputeError> =>
  Effect.retry(call, { times: 5, while: ({ retry }) => retry === "later" })

/** How a deployment goes from one version to the next, and what can be seen of it. */
export const deploymentChanging = [
  containerRule(
    "updateDeployment replaces every pod and keeps as many ready as the strategy says [R46 R119]",
    ["deployments", "rollingUpdate"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const spec = deploymentOf(given, name, { replicas: 3 })
        yield* containers.createDeployment(spec)
        const before = yield* availableWith(containers, given, name, 3)
        yield* containers.updateDeployment({ name }, { template: withNote(spec, "second") })
        let leastReady = Number.POSITIVE_INFINITY
        const after = yield* eventually(given.pace, {
          look: containers.getDeployment({ name }),
          until: ({ replicas }) => {
            leastReady = Math.min(leastReady, replicas.ready)
            return replicas.updated === 3 && replicas.ready === 3 && replicas.total === 3
          },
          what: "three pods of the new version"
        })
        const isKept = leastReady >= 3 || !given.shows("undisturbed")
        yield* expectThat(isKept, `maxUnavailable is 0, but only ${leastReady} of 3 were ready`)
        yield* expectThat(after.revision > before.revision, "the revision did not count up")
        yield* eventually(given.pace, {
          look: podsOf(containers, name).pipe(Effect.map((pods) => pods.map(({ labels }) => labels.note))),
          until: (notes) => notes.length === 3 && notes.every((note) => note === "second"),
          what: "every pod is of the new version"
        })
      })
  ),
  containerRule(
    "updateDeployment keeps a new deadline and replaces no pod [R46]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        const before = yield* availableWith(containers, given, name, 1)
        yield* containers.updateDeployment({ name }, { progressDeadlineMs: 300_000 })
        const { revision, spec } = yield* containers.getDeployment({ name })
        yield* expectSame(spec, { ...before.spec, progressDeadlineMs: 300_000 }, "what is wanted")
        yield* expectSame(revision, before.revision, "revision")
      })
  ),
  containerRule(
    "rollback returns to the version it names, and again is once [R46]",
    ["deployments", "rollback"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const spec = deploymentOf(given, name)
        yield* containers.createDeployment({ ...spec, template: withNote(spec, "first") })
        const first = yield* availableWith(containers, given, name, 1)
        yield* containers.updateDeployment({ name }, { template: withNote(spec, "second") })
        yield* availableWith(containers, given, name, 1)
        const kept = yield* Stream.runCollect(containers.revisions({ name }))
        yield* expectSame(
          kept.map(({ template }) => template.labels.note),
          ["second", "first"],
          "notes of the versions that can be returned to, newest first"
        )
        const again = containers.rollback({ name }, first.revision)
        for (const call of [again, again]) {
          yield* call
          yield* availableWith(containers, given, name, 1)
          const { note } = (yield* containers.getDeployment({ name })).spec.template.labels
          yield* expectSame(note, "first", "note of the template")
        }
        yield* eventually(given.pace, {
          look: podsOf(containers, name).pipe(Effect.map((pods) => pods.map(({ labels }) => labels.note))),
          until: (notes) => notes.length === 1 && notes[0] === "first",
          what: "the pod is of the first version"
        })
        yield* expectRefusal(containers.rollback({ name }, 1_000_000), "NotFound", "rollback to a revision nobody made")
      })
  ),
  containerRule(
    "watchDeployment begins with what is there, last tells how it is, and ends with the deployment",
    ["deployments", "deploymentEvents"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        yield* availableWith(containers, given, name, 1)
        const what = "the watch of a deployment that is gone"
        const watch = yield* watched(given.pace, what, containers.watchDeployment({ name }))
        for (const replicas of [1, 3, 0]) {
          yield* containers.scaleDeployment({ name }, replicas)
          yield* eventually(given.pace, {
            look: watch.seen,
            until: (events) => {
              const told = events.at(-1)?.deployment.replicas
              return told?.desired === replicas && told.ready === replicas
            },
            what: `the watch last tells of ${replicas} ready replicas`
          })
        }
        yield* containers.deleteDeployment({ name })
        yield* expectSame((yield* watch.ended).at(-1)?.type, "Deleted", "last event")
      })
  ),
  containerRule(
    "logs give what the containers printed, line by line [K70]",
    ["deployments", "logs", "output"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const spec = deploymentOf(given, name)
        const pod = podOf(given, given.fixtures.commands.prints("one", "two"))
        yield* containers.createDeployment({ ...spec, template: { ...spec.template, spec: pod } })
        yield* eventually(given.pace, {
          look: Stream.runCollect(containers.logs({ name })).pipe(Effect.map((lines) => lines.map(({ text }) => text))),
          until: (texts) => texts.slice(0, 2).join() === "one,two",
          what: "the two lines that were printed"
        })
      })
  ),
  containerRule("exec gives a command's exit code", ["deployments", "exec", "exitCodes"], (containers, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* containers.createDeployment(deploymentOf(given, name))
      yield* availableWith(containers, given, name, 1)
      const pod = (yield* podsOf(containers, name))[0]?.name ?? ""
      for (const code of [0, 3]) {
        const result = yield* answered(containers.exec({ name: pod }, given.fixtures.commands.exits(code)))
        yield* expectSame(result.exitCode, code, "exit code")
      }
    })
  )
]
