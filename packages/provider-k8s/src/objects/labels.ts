import type { Labels } from "@orrery/core"

/** The label everything of ours carries from its first moment, and its value. */
export const mine = { key: "app.kubernetes.io/managed-by", value: "orrery" } as const

/** What a thing of ours belongs to, and what is kept beside it. */
export const labelOf = {
  deployment: "orrery/deployment",
  job: "orrery/job",
  namespace: "orrery/namespace",
  cluster: "orrery/cluster",
  pool: "orrery/pool",
  waits: "orrery/waits-for-jobs"
} as const

/** Annotations that keep what Kubernetes has no field for. */
export const annotationOf = {
  held: "orrery/held",
  after: "orrery/after",
  queue: "orrery/queue",
  reason: "orrery/reason",
  restartedAt: "orrery/restarted-at",
  cancelled: "orrery/cancelled"
} as const

/** Marks of one thing of ours, to be laid over its own labels. */
export const ownershipLabels = (kind: "deployment" | "job", name: string): Labels => ({
  [mine.key]: mine.value,
  [labelOf[kind]]: name
})

/** Whether something is marked as ours. */
export const isMine = (thing: { readonly metadata?: { readonly labels?: Labels } }): boolean =>
  thing.metadata?.labels?.[mine.key] === mine.value

const foreign =
  /^(batch\.kubernetes\.io\/|pod-template-hash$|controller-uid$|job-name$|orrery\/(deployment|job|waits-for-jobs)$)/

/** The labels a person gave, without ours and without those that controllers add. */
export const withoutMarks = (labels: Labels | undefined): Labels =>
  Object.fromEntries(
    Object.entries(labels ?? {}).filter(
      ([key, value]) => !foreign.test(key) && !(key === mine.key && value === mine.value)
    )
  )

/** Text that selects by labels in a query. */
export const selectorText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",")
