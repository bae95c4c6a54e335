import { Effect } from "effect"
import { stays } from "../eventually.ts"
import { interrupted } from "../interrupted.ts"
import { leavesForeignAlone } from "../leavesForeignAlone.ts"
import { containerRule } from "../Rule.ts"
import { deploymentOf } from "../specs.ts"
import { availableWith, podsOf } from "./looks.ts"

/** What must hold although a caller dies in the middle, and although others use the same backend. */
export const deploymentCrashing = [
  containerRule(
    "createDeployment that is cut short at any moment and run again is once [R77]",
    ["deployments"],
    (containers, given) =>
      Effect.gen(function* () {
        const name = given.name("a")
        yield* interrupted(given.pace, containers.createDeployment(deploymentOf(given, name, { replicas: 2 })))
        yield* availableWith(containers, given, name, 2)
        yield* stays(given.pace, {
          look: podsOf(containers, name),
          until: (pods) => pods.length === 2,
          what: "two pods"
        })
      })
  ),
  containerRule(
    "a deployment's whole life touches no pod that is not ours [R118]",
    ["deployments", "foreign"],
    (containers, given) => {
      const name = given.name("a")
      return leavesForeignAlone(
        given,
        [name],
        Effect.gen(function* () {
          yield* containers.createDeployment(deploymentOf(given, name))
          yield* availableWith(containers, given, name, 1)
          yield* containers.deleteDeployment({ name })
        })
      )
    }
  )
]
