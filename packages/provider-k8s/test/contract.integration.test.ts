import { contractOn } from "./contractOn.ts"
import { startWithKubelet } from "./kubelet.ts"

const config = startWithKubelet("contract")

contractOn({
  name: "a Kubernetes cluster",
  config,
  prefix: "ct",
  otherNamespace: "kube-public",
  // the job controller waits 10 s, then 20 s, before it tries a failed task again
  pace: { settleMs: 90_000, pollMs: 300, timeoutMs: 240_000 }
})
