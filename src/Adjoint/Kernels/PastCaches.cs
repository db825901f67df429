namespace Adjoint.Kernels;

/// <summary>When results are written past the caches, straight to memory.</summary>
/// <remarks>
/// A store into the cache first reads the line that it overwrites, and later another line has to leave for it. Where all that
/// an operation touches is more than the last cache holds, its results are no longer there when somebody reads them, so nothing is lost
/// by not putting them there, and a quarter to a third of the traffic is saved. Measured in docs/decisions/008-gelu.md.
/// </remarks>
internal static unsafe class PastCaches
{
    /// <summary>The last cache of processors of today, or what one program gets of it: 16 to 32 MiB.</summary>
    const long LastCache = 32L << 20;

    /// <summary>The size of a line, to whose multiples such stores go.</summary>
    const long Line = 64;

    /// <summary>Whether to, for a result at <paramref name="target"/> whose rows have <paramref name="rowBytes"/>, of an operation that touches <paramref name="bytes"/> in all.</summary>
    public static bool Suits(void* target, long rowBytes, long bytes) => bytes >= LastCache && (((long)target | rowBytes) & (Line - 1)) == 0;

    /// <summary>Such stores are not ordered with those that follow: after the last of a chunk, before anybody is told.</summary>
    public static void Arrive() => Interlocked.MemoryBarrier();
}
