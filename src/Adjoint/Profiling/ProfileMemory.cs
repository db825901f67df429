namespace Adjoint.Profiling;

/// <summary>The memory of a recorded period. Tensor memory is the whole process', managed memory the recorded thread's.</summary>
/// <param name="LiveBytesBefore">Bytes in tensors at the beginning.</param>
/// <param name="LiveBytesAfter">Bytes in tensors at the end.</param>
/// <param name="PeakBytes">The most bytes in tensors at any moment.</param>
/// <param name="ManagedBytes">Bytes of managed objects made, the profile's own among them.</param>
public sealed record ProfileMemory(long LiveBytesBefore, long LiveBytesAfter, long PeakBytes, long ManagedBytes);
