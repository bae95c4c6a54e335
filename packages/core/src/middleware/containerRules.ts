import { Deployment } from "../model/Deployment.ts"
import type { LogOptions } from "../model/Log.ts"
import type { Problem } from "../model/Problem.ts"
import type { ContainerManager } from "../service/ContainerManager.ts"
import type { Ref } from "../service/Ref.ts"
import {
  CommandShape,
  DeploymentUpdateShape,
  ExecOptionsShape,
  LogOptionsShape,
  OptionalName,
  RefShape
} from "./argumentShapes.ts"
import { podNeeds } from "./podNeeds.ts"
import { problemsOf } from "./problemsOf.ts"
import { above, notACount, problemWhere, type Rule, type Rules } from "./Rule.ts"

const specProblems = problemsOf(Deployment)
const updateProblems = problemsOf(DeploymentUpdateShape)
const logProblems = problemsOf(LogOptionsShape)
const commandProblems = problemsOf(CommandShape)
const execProblems = problemsOf(ExecOptionsShape)
const shapeProblems = problemsOf(RefShape, { extraFields: "allowed" })
const nameProblems = problemsOf(OptionalName)

/** What is wrong with how a deployment, pod or job is named. */
export const refProblems = (ref: Ref): ReadonlyArray<Problem> => shapeProblems(ref, "ref")

/** What is wrong with the namespace that a list is narrowed to. */
export const namespaceProblems = (namespace: string | undefined): ReadonlyArray<Problem> =>
  nameProblems(namespace, "namespace")

/** What reading logs needs. */
export const logRule = (ref: Ref, options?: LogOptions): Rule => ({
  needs: options?.follow === true ? ["logs", "logsFollow"] : ["logs"],
  problems: () => [...refProblems(ref), ...logProblems(options, "options")]
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
  updateDeployment: (ref, update) => {
    const problems = [...refProblems(ref), ...updateProblems(update, "update")]
    if (problems.length > 0) return { problems: () => problems }
    const { replicas = 0, strategy, template } = update
    const rolls = template !== undefined && strategy?.type !== "Recreate"
    return {
      needs: [
        "deployments",
        ...(rolls ? (["rollingUpdate"] as const) : []),
        ...(template === undefined ? [] : podNeeds(template.spec))
      ],
      problems: ({ replicasMax }) => above(replicas, replicasMax, "update.replicas", "replicas")
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
  listDeployments: (namespace) => ({ needs: ["deployments"], problems: () => namespaceProblems(namespace) }),
  watchDeployment: (ref) => ({ needs: ["deployments", "deploymentEvents"], problems: () => refProblems(ref) }),
  pods: (ref) => ({ needs: ["deployments"], problems: () => refProblems(ref) }),
  logs: logRule,
  exec: (pod, command, options) => ({
    needs: ["exec"],
    problems: () => [...refProblems(pod), ...commandProblems(command, "command"), ...execProblems(options, "options")]
  }),
  portForward: (pod, port) => ({
    needs: ["portForward"],
    problems: () => [
      ...refProblems(pod),
      ...problemWhere(
        !Number.isInteger(port) || port < 1 || port > 65_535,
        "port",
        `${port} is no port from 1 to 65535`
      )
    ]
  })
}
