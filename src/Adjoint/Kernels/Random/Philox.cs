using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Random;

/// <summary>Philox4x32-10: four random words from a key and a counter, in ten rounds of multiply and mix.</summary>
/// <remarks>
/// Counter-based: word i of a stream is a pure function of (seed, stream, i), so that any part can be made on any thread,
/// again, or never. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </remarks>
internal static class Philox
{
    const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57;
    const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;

    /// <summary>The four words of one counter value.</summary>
    public readonly record struct Words(uint A, uint B, uint C, uint D)
    {
        /// <summary>53 random bits as a number in [0, 1).</summary>
        public double First => (((ulong)A << 21) ^ (B >> 11)) * (1.0 / (1UL << 53));

        /// <inheritdoc cref="First"/>
        public double Second => (((ulong)C << 21) ^ (D >> 11)) * (1.0 / (1UL << 53));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words At(ulong seed, ulong stream, ulong counter)
    {
        uint a = (uint)counter, b = (uint)(counter >> 32), c = (uint)stream, d = (uint)(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong left = (ulong)MultiplierA * a, right = (ulong)MultiplierB * c;
            (a, b, c, d) = ((uint)(right >> 32) ^ b ^ k0, (uint)right, (uint)(left >> 32) ^ d ^ k1, (uint)left);
            k0 += WeylA;
            k1 += WeylB;
        }

        return new(a, b, c, d);
    }
}
