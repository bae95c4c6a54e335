// The expressions that drawn slots and jobs hold.

/** What jobs demand of slots, nasty cases included. */
export const jobRequirements = [
  "true",
  "true",
  "true",
  "true",
  "true",
  "true",
  "TARGET.Memory >= 2000",
  'TARGET.Region == "HERE"',
  'TARGET.Region =?= "here"',
  "HasGpu",
  "HasGpu =!= true",
  "TARGET.Cpus % 2 == 0",
  "TARGET.Missing > 3",
  "isUndefined(TARGET.HasGpu)",
  'stringListMember("b", TARGET.Tags)',
  'regexp("^s[0-3]", TARGET.Name)',
  "TARGET.Memory / 1024 > 3 || TARGET.Cpus < 3",
  "TARGET.HasGpu ?: false"
]

/** What jobs prefer. */
export const jobRanks = [
  "0",
  "0",
  "Memory",
  "-Memory",
  "Cpus",
  "TARGET.Score",
  'Region == "there"',
  "Score * 2.5 - Cpus",
  "floor(Memory / 1000.0)"
]

/** What slots demand of jobs. */
export const starts = [
  "true",
  "true",
  "true",
  "true",
  "true",
  "true",
  "TARGET.Kind =!= 2",
  'TARGET.Kind == "red"',
  "TARGET.RequestMemory < 3000",
  "TARGET.RequestCpus >= 1 && true",
  "TARGET.JobPrio > 0",
  'member(TARGET.Kind, {"red", "blue"})',
  'TARGET.Kind =?= "red" || undefined',
  "ifThenElse(isUndefined(TARGET.Kind), false, true)"
]

/** What slots prefer. */
export const slotRanks = [
  "0",
  "0",
  "0",
  'TARGET.Kind == "red"',
  'ifThenElse(TARGET.Kind =?= "blue", 2, 0.5)',
  "TARGET.JobPrio",
  "TARGET.Missing"
]
