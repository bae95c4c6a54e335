import { clusterRule, containerRule, jobRule, type ModelRule } from "../Rule.ts"
import { clusterModel } from "./clusterModel.ts"
import { deploymentModel } from "./deploymentModel.ts"
import { explore } from "./explore.ts"
import { jobModel } from "./jobModel.ts"
import { follow } from "./Model.ts"

const clusters = "any commands on clusters agree with a naive model [R36 R116]"
const deployments = "any commands on deployments agree with a naive model [R77 R118 R120]"
const jobs = "any commands on jobs agree with a naive model [N12 T33]"

/** The models that every service is compared with. */
export const modelRules: ReadonlyArray<ModelRule> = [
  {
    title: clusters,
    service: "clusters",
    needs: ["clusters"],
    uses: [],
    explored: (exploration, attempt) =>
      explore(clusterModel, exploration, (commands) =>
        attempt(clusterRule(clusters, [], (api, given) => follow(clusterModel, commands, api, given)))
      )
  },
  {
    title: deployments,
    service: "containers",
    needs: ["deployments", "rollingUpdate"],
    uses: [],
    explored: (exploration, attempt) =>
      explore(deploymentModel, exploration, (commands) =>
        attempt(containerRule(deployments, [], (api, given) => follow(deploymentModel, commands, api, given)))
      )
  },
  {
    title: jobs,
    service: "jobs",
    needs: ["jobs", "hold", "cancel"],
    uses: ["durations", "exitCodes"],
    explored: (exploration, attempt) =>
      explore(jobModel, exploration, (commands) =>
        attempt(jobRule(jobs, [], (api, given) => follow(jobModel, commands, api, given)))
      )
  }
]
