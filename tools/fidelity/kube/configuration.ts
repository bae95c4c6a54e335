/** The schedulers that every run has beside each other; pods draw one of them. */
export const schedulerNames = ["default-scheduler", "packed", "shaped", "bare", "listed"] as const

/** Their configuration, for the real scheduler (after its head) and for ours alike. */
export const profiles = `
parallelism: 1
percentageOfNodesToScore: 0
profiles:
- schedulerName: default-scheduler
- schedulerName: packed
  percentageOfNodesToScore: 100
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 3}, {name: memory, weight: 1}, {name: example.com/gpu, weight: 5}]}}
  - name: NodeResourcesBalancedAllocation
    args: {resources: [{name: cpu, weight: 1}, {name: memory, weight: 1}, {name: ephemeral-storage, weight: 1}, {name: example.com/gpu, weight: 1}]}
- schedulerName: shaped
  plugins: {score: {disabled: [{name: NodeResourcesFit}, {name: TaintToleration}], enabled: [{name: NodeResourcesFit, weight: 7}, {name: TaintToleration, weight: 1}]}}
  pluginConfig:
  - name: NodeResourcesFit
    args:
      ignoredResources: [example.com/gpu]
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources: [{name: cpu, weight: 2}, {name: memory, weight: 3}, {name: ephemeral-storage, weight: 1}]
        requestedToCapacityRatio: {shape: [{utilization: 10, score: 1}, {utilization: 37, score: 8}, {utilization: 90, score: 3}]}
  - name: InterPodAffinity
    args: {hardPodAffinityWeight: 17, ignorePreferredTermsOfExistingPods: true}
- schedulerName: bare
  plugins:
    score: {disabled: [{name: ImageLocality}, {name: NodeResourcesBalancedAllocation}]}
    filter: {disabled: [{name: NodePorts}]}
    postFilter: {disabled: [{name: DefaultPreemption}]}
  pluginConfig:
  - name: NodeAffinity
    args:
      addedAffinity:
        preferredDuringSchedulingIgnoredDuringExecution: [{weight: 9, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}]
- schedulerName: listed
  pluginConfig:
  - name: PodTopologySpread
    args:
      defaultingType: List
      defaultConstraints: [{maxSkew: 2, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]
`
