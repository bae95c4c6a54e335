import { Deployment, Strategy } from "../model/Deployment.ts"
import type { LogOptions } from "../model/Log.ts"
import { PodTemplate } from "../model/Pod.ts"
import type { Problem } from "../model/Problem.ts"
import type { ContainerManager } from "../service/ContainerManager.ts"
import type { Ref } from "../service/Ref.ts"
import { podNeeds } from "./podNeeds.ts"
import { problemsOf } from "./problemsOf.ts"
import { above, notACount, problemWhere, type Rule, type Rules } from "./Rule.ts"
import { ThingName } from "./ThingName.ts"

const specProblems = problemsOf(Deployment)
const templateProblems = problemsOf(PodTemplate)
const strategyProblems = problemsOf(Strategy)
const nameProblems = problemsOf(ThingName)

/** What is wrong with how a deployment, pod or job is named. */
export const refProblems = ({ name, namespace }: Ref): ReadonlyArray<Problem> => [
  ...nameProblems(name, "name"),
  ...(namespace === undefined ? [] : nameProblems(namespace, "namespace"))
]

/** What reading logs needs. */
export const logRule = (ref: Ref, { follow, sinceMs, tail }: LogOptions = {}): Rule => ({
  needs: follow === true ? ["logs", "logsFollow"] : ["logs"],
  problems: () => [...refProblems(ref), ...notACount(tail ?? 0, "tail"), ...notACount(sinceMs ?? 0, "sinceMs")]
})

/** What each method of a container manager needs. */
export const containerRules: Rules<ContainerManager["Service"]> = {
  createDeployment: (spec) => {
    const problems = specProblems(spec)
    if (problems.length > 0) return { problems: () => problems }
    return {
      needs: ["deployments", ...podNeeds(spec.template.spec)],
      problems: ({ nameLengthMax, replicasMax }) => [
        ...above(spec.name.length, nameLengthMax, "name", "characters"),
        ...above(spec.replicas, replicasMax, "replicas", "replicas")
      ]
    }
  },
  updateDeployment: (ref, { replicas = 0, strategy, template }) => {
    const problems = [
      ...refProblems(ref),
      ...notACount(replicas, "replicas"),
      ...(template === undefined ? [] : templateProblems(template, "template")),
      ...(strategy === undefined ? [] : strategyProblems(strategy, "strategy"))
    ]
    if (problems.length > 0) return { problems: () => problems }
    const rolls = template !== undefined && strategy?.type !== "Recreate"
    return {
      needs: [
        "deployments",
        ...(rolls ? (["rollingUpdate"] as const) : []),
        ...(template === undefined ? [] : podNeeds(template.spec))
      ],
      problems: ({ replicasMax }) => above(replicas, replicasMax, "replicas", "replicas")
    }
  },
  scaleDeployment: (ref, replicas) => ({
    needs: ["deployments"],
    problems: ({ replicasMax }) => [
      ...refProblems(ref),
      ...notACount(replicas, "replicas"),
      ...above(replicas, replicasMax, "replicas", "replicas")
    ]
  }),
  revisions: (ref) => ({ needs: ["deployments", "rollback"], problems: () => refProblems(ref) }),
  rollback: (ref, revision) => ({
    needs: ["deployments", "rollback"],
    problems: () => [...refProblems(ref), ...notACount(revision, "revision")]
  }),
  deleteDeployment: (ref) => ({ needs: ["deployments"], problems: () => refProblems(ref) }),
  getDeployment: (ref) => ({ needs: ["deployments"], problems: () => refProblems(ref) }),
  listDeployments: () => ({ needs: ["deployments"] }),
  watchDeployment: (ref) => ({ needs: ["deployments", "deploymentEvents"], problems: () => refProblems(ref) }),
  pods: (ref) => ({ needs: ["deployments"], problems: () => refProblems(ref) }),
  logs: logRule,
  exec: (_pod, command) => ({
    needs: ["exec"],
    problems: () => problemWhere(command.length === 0, "command", "there is no command to run")
  }),
  portForward: (_pod, port) => ({
    needs: ["portForward"],
    problems: () =>
      problemWhere(!Number.isInteger(port) || port < 1 || port > 65_535, "port", `${port} is no port from 1 to 65535`)
  })
}
