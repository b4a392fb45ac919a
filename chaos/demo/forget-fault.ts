/** Takes a fault's last time out of the recorder, so that what stands there is of one time only. Its totals go on. */
import { Gauge, type Registry } from 'prom-client';

export async function forgetFault(registry: Registry, fault: string): Promise<void> {
  for (const metric of registry.getMetricsAsArray()) {
    if (!(metric instanceof Gauge)) continue;
    const { values } = await metric.get();
    for (const { labels } of values) if (labels.fault === fault) metric.remove(labels);
  }
}
