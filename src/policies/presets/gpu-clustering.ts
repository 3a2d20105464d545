import { monolithicList } from './monolithic-list.js';

/**
 * GpuClustering of the openb study: one pool, each task beside tasks that use GPUs as it does (a share of one, or so many whole
 * ones), on the fullest of such machines. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that changed since a task of the class was placed, and the tasks on them, per task. Ties: lowest rank; see
 * `ties`. Known limits: CPU is not looked at, and under offers every fitting machine is scored anew.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6, after Xiao et al., "Gandiva", OSDI 2018;
 * `simulate reproduce openb` checks it.
 */
export const gpuClustering = monolithicList('gpu-clustering', {
  placement: 'gpu-clustering',
  backfill: 'any',
});
