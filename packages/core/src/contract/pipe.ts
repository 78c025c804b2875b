import type { Operator, Source } from './source'

/** The types of `source.pipe(...)`: each operator takes what the one before it makes. Up to 20; then call `pipe` again. */
export interface Pipe<In> {
  (): Source<In>
  <T1>(o1: Operator<In, T1>): Source<T1>
  <T1, T2>(o1: Operator<In, T1>, o2: Operator<T1, T2>): Source<T2>
  <T1, T2, T3>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>): Source<T3>
  <T1, T2, T3, T4>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>):
    Source<T4>
  <T1, T2, T3, T4, T5>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>,
    o5: Operator<T4, T5>): Source<T5>
  <T1, T2, T3, T4, T5, T6>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>,
    o5: Operator<T4, T5>, o6: Operator<T5, T6>): Source<T6>
  <T1, T2, T3, T4, T5, T6, T7>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>,
    o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>): Source<T7>
  <T1, T2, T3, T4, T5, T6, T7, T8>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>,
    o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>, o8: Operator<T7, T8>):
    Source<T8>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>,
    o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>, o8: Operator<T7, T8>,
    o9: Operator<T8, T9>): Source<T9>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>,
    o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>, o8: Operator<T7, T8>,
    o9: Operator<T8, T9>, o10: Operator<T9, T10>): Source<T10>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(o1: Operator<In, T1>, o2: Operator<T1, T2>, o3: Operator<T2, T3>,
    o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>, o8: Operator<T7, T8>,
    o9: Operator<T8, T9>, o10: Operator<T9, T10>, o11: Operator<T10, T11>): Source<T11>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(o1: Operator<In, T1>, o2: Operator<T1, T2>,
    o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>,
    o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>, o11: Operator<T10, T11>,
    o12: Operator<T11, T12>): Source<T12>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(o1: Operator<In, T1>, o2: Operator<T1, T2>,
    o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>,
    o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>, o11: Operator<T10, T11>,
    o12: Operator<T11, T12>, o13: Operator<T12, T13>): Source<T13>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(o1: Operator<In, T1>, o2: Operator<T1, T2>,
    o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>,
    o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>, o11: Operator<T10, T11>,
    o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>): Source<T14>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15>(o1: Operator<In, T1>, o2: Operator<T1, T2>,
    o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>, o7: Operator<T6, T7>,
    o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>, o11: Operator<T10, T11>,
    o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>, o15: Operator<T14, T15>): Source<T15>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16>(o1: Operator<In, T1>,
    o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>,
    o7: Operator<T6, T7>, o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>,
    o11: Operator<T10, T11>, o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>,
    o15: Operator<T14, T15>, o16: Operator<T15, T16>): Source<T16>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17>(o1: Operator<In, T1>,
    o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>,
    o7: Operator<T6, T7>, o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>,
    o11: Operator<T10, T11>, o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>,
    o15: Operator<T14, T15>, o16: Operator<T15, T16>, o17: Operator<T16, T17>): Source<T17>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18>(o1: Operator<In, T1>,
    o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>,
    o7: Operator<T6, T7>, o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>,
    o11: Operator<T10, T11>, o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>,
    o15: Operator<T14, T15>, o16: Operator<T15, T16>, o17: Operator<T16, T17>, o18: Operator<T17, T18>): Source<T18>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19>(o1: Operator<In, T1>,
    o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>,
    o7: Operator<T6, T7>, o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>,
    o11: Operator<T10, T11>, o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>,
    o15: Operator<T14, T15>, o16: Operator<T15, T16>, o17: Operator<T16, T17>, o18: Operator<T17, T18>,
    o19: Operator<T18, T19>): Source<T19>
  <T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18, T19, T20>(o1: Operator<In, T1>,
    o2: Operator<T1, T2>, o3: Operator<T2, T3>, o4: Operator<T3, T4>, o5: Operator<T4, T5>, o6: Operator<T5, T6>,
    o7: Operator<T6, T7>, o8: Operator<T7, T8>, o9: Operator<T8, T9>, o10: Operator<T9, T10>,
    o11: Operator<T10, T11>, o12: Operator<T11, T12>, o13: Operator<T12, T13>, o14: Operator<T13, T14>,
    o15: Operator<T14, T15>, o16: Operator<T15, T16>, o17: Operator<T16, T17>, o18: Operator<T17, T18>,
    o19: Operator<T18, T19>, o20: Operator<T19, T20>): Source<T20>
}
