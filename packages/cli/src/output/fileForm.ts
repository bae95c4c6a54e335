import { asFile, type Cluster, type ComputeFile, type DeploymentStatus, type JobStatus } from "@orrery/core"
import { inFileWords } from "./fileWords.ts"

/** A file that asks for these things, and what was seen of them, which asks for nothing. */
const fileWith = (wanted: Partial<ComputeFile>, status: object): object => ({
  ...asFile(wanted),
  status: inFileWords(status)
})

const statusOf = <Spec extends { readonly name: string; readonly namespace: string }>({
  spec: { name, namespace },
  ...status
}: {
  readonly spec: Spec
}): object => ({ name, namespace, ...status })

/** Clusters as files, each as one of its own: a file asks for one cluster. */
export const clusterFiles = (clusters: ReadonlyArray<Cluster>): ReadonlyArray<object> =>
  clusters.map(({ name: _, spec, ...status }) => fileWith({ cluster: spec }, status))

/** Deployments as one file. */
export const deploymentFiles = (deployments: ReadonlyArray<DeploymentStatus>): ReadonlyArray<object> => [
  fileWith({ deployments: deployments.map(({ spec }) => spec) }, { deployments: deployments.map(statusOf) })
]

/** Jobs as one file. */
export const jobFiles = (jobs: ReadonlyArray<JobStatus>): ReadonlyArray<object> => [
  fileWith({ jobs: jobs.map(({ spec }) => spec) }, { jobs: jobs.map(statusOf) })
]
