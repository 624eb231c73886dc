// How many seats a request takes: lists of many objects are worth several small requests.
import type { RequestInfo } from '../request_info.ts';

const objectsOfSeat = 100;
/** However long the list (upstream: MaximumListSeatsLimit). */
const maxListSeats = 10;

export function estimateSeats(info: RequestInfo, query: URLSearchParams, stored: number): number {
  if (info.verb !== 'list' && info.verb !== 'watch') return 1;
  // One object by its name.
  if (info.name) return 1;
  if (info.verb === 'watch') {
    const from = query.get('resourceVersion');
    const initial = query.get('sendInitialEvents') === 'true';
    if (from && from !== '0' && !initial) return 1;
  }
  const limit = Number(query.get('limit')) || Number.POSITIVE_INFINITY;
  const objects = Math.min(stored, limit);
  return Math.min(maxListSeats, Math.max(1, Math.ceil(objects / objectsOfSeat)));
}
