import type { Site } from './state.ts';

/** What LINSTOR would say of its resources is made anew when it is next asked. */
export function linkTouched(site: Site): void {
  site.linstor.texts.delete('/v1/view/resources');
}

/** Something that it keeps was written: everything is made anew. */
export function linstorTouched(site: Site): void {
  site.linstor.texts.clear();
}
