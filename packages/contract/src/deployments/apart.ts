import { everywhere } from "@orrery/core"
import { Effect, Stream } from "effect"
import { accepts } from "../accepts.ts"
import { eventually, stays } from "../eventually.ts"
import { expectSame, expectThat } from "../expect.ts"
import { gathered } from "../gathered.ts"
import { containerRule } from "../Rule.ts"
import { deploymentOf, podOf } from "../specs.ts"
import { openedAnew } from "../watched.ts"
import { whileOthersChange } from "../whileOthersChange.ts"
import { allDeployments, availableWith, podsOf } from "./looks.ts"

/** What must not be mixed up: namespaces, pages, one watch and the next, lines that were read and lines to come. */
export const deploymentApart = [
  containerRule(
    "deployments of one name in two namespaces are two [R44]",
    ["deployments", "namespaces"],
    (containers, given) => {
      const name = given.name("a")
      const namespace = given.fixtures.otherNamespace ?? ""
      const there = { name, namespace }
      const total = (ref: { readonly name: string; readonly namespace?: string }, count: number) => ({
        look: containers.getDeployment(ref),
        until: ({ replicas }: { readonly replicas: { readonly ready: number; readonly total: number } }) =>
          replicas.ready === count && replicas.total === count,
        what: `${count} ready replicas in ${ref.namespace ?? "the own namespace"}`
      })
      return Effect.gen(function* () {
        yield* containers.createDeployment(deploymentOf(given, name))
        yield* containers.createDeployment(deploymentOf(given, name, { namespace, replicas: 2 }))
        yield* eventually(given.pace, total({ name }, 1))
        yield* eventually(given.pace, total(there, 2))
        const listed = (yield* allDeployments(containers, namespace)).filter(({ spec }) => spec.name === name)
        yield* expectSame(
          listed.map(({ spec }) => spec.namespace),
          [namespace],
          "namespaces of what one of them lists"
        )
        yield* containers.deleteDeployment({ name })
        yield* stays(given.pace, total(there, 2))
      }).pipe(Effect.ensuring(Effect.ignore(containers.deleteDeployment(there))))
    }
  ),
  containerRule(
    "a deployment that names no namespace lies in the connection's own, as do its name and a list [K11]",
    ["deployments", "deploymentEvents", "namespaces"],
    (containers, given) => {
      const name = given.name("a")
      const there = { name, namespace: given.fixtures.otherNamespace ?? "" }
      const spacesOf = (namespace?: string) =>
        Effect.map(Stream.runCollect(containers.listDeployments(namespace)), (found) =>
          found.filter(({ spec }) => spec.name === name).map(({ spec }) => spec.namespace)
        )
      return Effect.gen(function* () {
        const {
          spec: { namespace: own }
        } = yield* containers.createDeployment(deploymentOf(given, name, { replicas: 0 }))
        yield* expectThat(own !== there.namespace, "what names no namespace lies in the other one")
        yield* containers.createDeployment(deploymentOf(given, name, { ...there, replicas: 0 }))
        yield* expectSame((yield* containers.getDeployment({ name })).spec.namespace, own, "namespace by name alone")
        yield* expectSame((yield* containers.getDeployment({ name, namespace: own })).spec.name, name, "name in it")
        yield* expectSame(yield* spacesOf(), [own], "namespaces of a list that names none")
        yield* expectSame(
          (yield* spacesOf(everywhere)).toSorted(),
          [own, there.namespace].toSorted(),
          "namespaces of a list of all"
        )
        const [first] = yield* Stream.runCollect(Stream.take(containers.watchDeployment({ name }), 1))
        yield* expectSame(first?.deployment.spec.namespace, own, "namespace in the watch")
        yield* containers.deleteDeployment({ name })
        yield* expectSame(yield* spacesOf(everywhere), [there.namespace], "namespaces once it is deleted")
      }).pipe(Effect.ensuring(Effect.ignore(containers.deleteDeployment(there))))
    }
  ),
  containerRule(
    "listDeployments tells what stays each time and once, while others come and go [K71]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const passing = deploymentOf(given, given.name("c"), { replicas: 0 })
        const staying = Array.from({ length: given.fixtures.listed }, (_, index) => given.name(`l${index}`))
        for (const name of staying) yield* containers.createDeployment(deploymentOf(given, name, { replicas: 0 }))
        yield* whileOthersChange(given, {
          list: Effect.map(allDeployments(containers), (all) => all.map(({ spec }) => spec.name)),
          come: containers.createDeployment(passing),
          go: containers.deleteDeployment(passing),
          staying
        })
      })
  ),
  containerRule(
    "watchDeployment that is opened anew, be it the same stream, begins with what is there by then [R134]",
    ["deployments", "deploymentEvents"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        yield* availableWith(containers, given, name, 1)
        const grows = Effect.andThen(containers.scaleDeployment({ name }, 2), availableWith(containers, given, name, 2))
        for (const again of yield* openedAnew(given.pace, () => containers.watchDeployment({ name }), grows))
          yield* eventually(given.pace, {
            look: again.seen,
            until: ([first]) => first?.deployment.spec.replicas === 2,
            what: "a watch that is opened anew begins with two replicas"
          })
      })
  ),
  containerRule(
    "logs that are followed give each line once and stay open while the pod runs [K70]",
    ["deployments", "logsFollow", "output"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        const spec = deploymentOf(given, name)
        const pod = podOf(given, given.fixtures.commands.printsOn("one", "two"))
        yield* containers.createDeployment({ ...spec, template: { ...spec.template, spec: pod } })
        yield* availableWith(containers, given, name, 1)
        const followed = containers.logs({ name }, { follow: true })
        const logs = yield* gathered(given.pace, "the log", followed)
        const textsOf = ({ seen }: typeof logs) => Effect.map(seen, (lines) => lines.map(({ text }) => text).join())
        const both = (all: string) => all === "one,two"
        yield* eventually(given.pace, { look: textsOf(logs), until: both, what: "the two lines" })
        yield* stays(given.pace, { look: textsOf(logs), until: both, what: "each line once" })
        const again = yield* gathered(given.pace, "the log", followed)
        yield* eventually(given.pace, { look: textsOf(again), until: both, what: "the same stream, read again" })
        yield* expectSame(yield* logs.isOpen, true, "the logs are still followed")
      })
  ),
  containerRule(
    "portForward opens a port here, and closes it with its scope [K74]",
    ["deployments", "portForward"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        yield* availableWith(containers, given, name, 1)
        const pod = (yield* podsOf(containers, name))[0]?.name ?? ""
        const forwarded = containers.portForward({ name: pod }, 80)
        const port = yield* Effect.scoped(
          Effect.tap(forwarded, (open) =>
            Effect.flatMap(accepts(open), (isOpen) => expectThat(isOpen, `nobody listens on port ${open}`))
          )
        )
        yield* eventually(given.pace, {
          look: accepts(port),
          until: (isOpen) => !isOpen,
          what: `port ${port} is closed`
        })
      })
  )
]
