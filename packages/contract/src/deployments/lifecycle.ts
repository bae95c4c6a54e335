import { Effect } from "effect"
import { eventually, stays, steady } from "../eventually.ts"
import { expectRefusal, expectSame, expectThat } from "../expect.ts"
import { containerRule } from "../Rule.ts"
import { deploymentOf } from "../specs.ts"
import { allDeployments, availableWith, deploymentsState, podsOf } from "./looks.ts"

/** How deployments come, are found and go. */
export const deploymentLifecycle = [
  containerRule(
    "createDeployment keeps as many pods running as asked for [R1 R43 R45 R77 R101]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name, { replicas: 2 }))
        yield* availableWith(containers, given, name, 2)
        const pods = yield* podsOf(containers, name)
        yield* expectSame(pods.length, 2, "pods")
        yield* expectThat(
          pods.every(({ labels }) => labels.app === name),
          "a pod lacks the template's labels"
        )
      })
  ),
  containerRule("createDeployment twice is once [R77 R118]", ["deployments"], (containers, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      yield* containers.createDeployment(deploymentOf(given, name))
      const first = yield* availableWith(containers, given, name, 1)
      yield* containers.createDeployment(deploymentOf(given, name))
      yield* stays(given.pace, {
        look: podsOf(containers, name).pipe(Effect.map((pods) => pods.length)),
        until: (count) => count === 1,
        what: "one pod"
      })
      yield* expectSame((yield* containers.getDeployment({ name })).revision, first.revision, "revision")
    })
  ),
  containerRule(
    "scaleDeployment up, down, to zero and back gives exactly that many pods [R45 R120 R137]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        for (const replicas of [3, 2, 0, 1]) {
          yield* containers.scaleDeployment({ name }, replicas)
          yield* availableWith(containers, given, name, replicas)
          yield* eventually(given.pace, {
            look: podsOf(containers, name).pipe(Effect.map((pods) => pods.length)),
            until: (count) => count === replicas,
            what: `${replicas} pods`
          })
        }
      })
  ),
  containerRule(
    "scaleDeployment to a negative number is refused and changes nothing [R120]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* containers.createDeployment(deploymentOf(given, name))
        const before = yield* steady(given.pace, deploymentsState(containers))
        yield* expectRefusal(containers.scaleDeployment({ name }, -1), "InvalidInput", "scaleDeployment")
        yield* expectSame(yield* steady(given.pace, deploymentsState(containers)), before, "what exists")
      })
  ),
  containerRule("a deployment that does not exist is not found [R118 D46]", ["deployments"], (containers, given) =>
    Effect.gen(function* () {
      const ref = { name: given.name("none") }
      yield* expectRefusal(containers.getDeployment(ref), "NotFound", "getDeployment")
      yield* expectRefusal(containers.updateDeployment(ref, { replicas: 2 }), "NotFound", "updateDeployment")
      yield* expectRefusal(containers.scaleDeployment(ref, 2), "NotFound", "scaleDeployment")
    })
  ),
  containerRule("deleteDeployment leaves nothing, and again is success [R118]", ["deployments"], (containers, given) =>
    Effect.gen(function* () {
      const name = given.name("a")
      const kept = given.name("ab")
      yield* containers.createDeployment(deploymentOf(given, name))
      yield* containers.createDeployment(deploymentOf(given, kept))
      yield* availableWith(containers, given, name, 1)
      yield* containers.deleteDeployment({ name })
      yield* expectRefusal(containers.getDeployment({ name }), "NotFound", "getDeployment afterwards")
      const left = (yield* allDeployments(containers)).map(({ spec }) => spec.name)
      yield* expectThat(!left.includes(name), "the deployment is still listed")
      yield* availableWith(containers, given, kept, 1)
      yield* containers.deleteDeployment({ name })
    })
  ),
  containerRule(
    "createDeployment names every problem of a bad spec and does nothing [R45 R47]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const before = yield* steady(given.pace, deploymentsState(containers))
        const good = deploymentOf(given, "Not A Name")
        const bad = {
          ...good,
          replicas: -1,
          template: { ...good.template, spec: { ...good.template.spec, containers: [] } }
        }
        const { problems } = yield* expectRefusal(containers.createDeployment(bad), "InvalidInput", "createDeployment")
        yield* expectThat(problems.length >= 3, `three things are wrong, named are ${problems.map(({ path }) => path)}`)
        yield* expectSame(yield* steady(given.pace, deploymentsState(containers)), before, "what exists")
      })
  ),
  containerRule("listDeployments is complete, whatever the page [K71]", ["deployments"], (containers, given) =>
    Effect.gen(function* () {
      const names = Array.from({ length: given.fixtures.listed }, (_, index) => given.name(`l${index}`))
      for (const name of names) yield* containers.createDeployment(deploymentOf(given, name, { replicas: 0 }))
      const listed = (yield* allDeployments(containers)).map(({ spec }) => spec.name)
      yield* expectSame(
        listed.filter((name) => names.includes(name)),
        names.toSorted(),
        "listed deployments"
      )
    })
  )
]
