import { everywhere } from "@orrery/core"
import { Effect, Schedule, Stream } from "effect"
import { type Broken, brokenContainers, byPosition, readOnce } from "./Broken.ts"

/** Backends whose deployments are wrong in one way each. */
export const deploymentZoo: ReadonlyArray<Broken> = [
  brokenContainers(
    "stops all before it starts one",
    ["updateDeployment replaces every pod and keeps as many ready as the strategy says"],
    (good) => ({
      updateDeployment: (ref, update) =>
        Effect.gen(function* () {
          const { spec } = yield* good.getDeployment(ref)
          yield* good.scaleDeployment(ref, 0)
          yield* good.updateDeployment(ref, update)
          return yield* good.scaleDeployment(ref, spec.replicas)
        })
    })
  ),
  brokenContainers("forgets a new deadline", ["updateDeployment keeps a new deadline and replaces no pod"], (good) => ({
    updateDeployment: (ref, { progressDeadlineMs: _, ...update }) => good.updateDeployment(ref, update)
  })),
  brokenContainers(
    "rolls back to nowhere",
    ["rollback returns to the version it names, and again is once"],
    (good) => ({ rollback: (ref) => good.getDeployment(ref) })
  ),
  brokenContainers(
    "rolls back the rollback",
    ["rollback returns to the version it names, and again is once"],
    (good) => ({
      rollback: (ref, revision) =>
        Effect.flatMap(Stream.runCollect(good.revisions(ref)), ([_now, before]) =>
          good.rollback(ref, before?.revision ?? revision)
        )
    })
  ),
  brokenContainers(
    "takes less than nothing for nothing",
    ["scaleDeployment to a negative number is refused and changes nothing"],
    (good) => ({
      scaleDeployment: (ref, replicas) => good.scaleDeployment(ref, Math.max(0, replicas))
    })
  ),
  brokenContainers("succeeds at every command", ["exec gives a command's exit code"], (good) => ({
    exec: (pod, command) => Effect.map(good.exec(pod, command), (result) => ({ ...result, exitCode: 0 }))
  })),
  brokenContainers(
    "gives the lines of a stream to its first reader only",
    ["logs that are followed give each line once and stay open while the pod runs"],
    (good) => ({
      logs: (ref, options) => {
        const told = new Set<string>()
        const isNew = (text: string) => !told.has(text) && told.add(text).has(text)
        const lines = good.logs(ref, options)
        return options?.follow === true ? Stream.filter(lines, ({ text }) => isNew(text)) : lines
      }
    })
  ),
  brokenContainers(
    "mixes up lines",
    [
      "logs give what the containers printed, line by line",
      "logs that are followed give each line once and stay open while the pod runs"
    ],
    (good) => ({
      logs: (ref) =>
        Stream.unwrap(Effect.map(Stream.runCollect(good.logs(ref)), (lines) => Stream.fromIterable(lines.toReversed())))
    })
  ),
  brokenContainers(
    "lists one page",
    [
      "listDeployments is complete, whatever the page",
      "listDeployments tells what stays each time and once, while others come and go"
    ],
    (good) => ({
      listDeployments: (namespace) => Stream.take(good.listDeployments(namespace), 2)
    })
  ),
  brokenContainers(
    "is found when it is gone",
    [
      "deleteDeployment leaves nothing, and again is success",
      "a deployment that names no namespace lies in the connection's own, as do its name and a list",
      "watchDeployment begins with what is there, last tells how it is, and ends with the deployment"
    ],
    (good) => ({
      deleteDeployment: (ref) => Effect.asVoid(Effect.ignore(good.scaleDeployment(ref, 0)))
    })
  ),
  brokenContainers(
    "knows one namespace",
    [
      "deployments of one name in two namespaces are two",
      "a deployment that names no namespace lies in the connection's own, as do its name and a list"
    ],
    (good) => ({
      createDeployment: (spec) => good.createDeployment({ ...spec, namespace: "default" }),
      getDeployment: ({ name }) => good.getDeployment({ name }),
      deleteDeployment: ({ name }) => good.deleteDeployment({ name })
    })
  ),
  brokenContainers(
    "lists every namespace where none is named",
    ["a deployment that names no namespace lies in the connection's own, as do its name and a list"],
    (good) => ({
      listDeployments: (namespace = everywhere) => good.listDeployments(namespace)
    })
  ),
  brokenContainers(
    "pages by position",
    ["listDeployments tells what stays each time and once, while others come and go"],
    (good) => ({
      listDeployments: (namespace) => byPosition(good.listDeployments(namespace), ({ spec }) => spec.name)
    })
  ),
  brokenContainers(
    "gives a list to its first reader only",
    ["listDeployments tells what stays each time and once, while others come and go"],
    (good) => ({ listDeployments: (namespace) => readOnce(good.listDeployments(namespace)) })
  ),
  brokenContainers(
    "tells a second watch only what is new",
    ["watchDeployment that is opened anew, be it the same stream, begins with what is there by then"],
    (good) => {
      const told = new Set<string>()
      return {
        watchDeployment: (ref) => {
          const isAgain = told.has(ref.name)
          told.add(ref.name)
          return Stream.drop(good.watchDeployment(ref), isAgain ? 1 : 0)
        }
      }
    }
  ),
  brokenContainers(
    "follows for one look",
    ["logs that are followed give each line once and stay open while the pod runs"],
    (good) => ({ logs: (ref, options) => good.logs(ref, { ...options, follow: false }) })
  ),
  brokenContainers(
    "follows from the beginning at every look",
    ["logs that are followed give each line once and stay open while the pod runs"],
    (good) => ({
      logs: (ref, options) =>
        options?.follow === true ? Stream.repeat(good.logs(ref), Schedule.spaced(50)) : good.logs(ref, options)
    })
  )
]
