using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Losses;

/// <summary>What the kernels of connectionist temporal classification read: logarithms [T, B, V] and labels [B, S], each sample with its own lengths.</summary>
internal unsafe struct CtcBatch<T>
{
    public T* LogProbabilities;
    public long* Targets, InputLengths, TargetLengths;
    public long Steps, Samples, Symbols, MostLabels, Blank;
    public bool ZeroInfinity;
}

/// <summary>Connectionist temporal classification: the probability of all ways to say a target, a blank allowed before, between and behind its labels.</summary>
/// <remarks>
/// The states of a sample are its labels with blanks around each, s = 0 … 2S: <c>α(t, s)</c> is the logarithm of the probability of all
/// ways to be in state s at step t, <c>β(t, s)</c> of all ways to end from there. From one step to the next a way stays, goes one state on, or
/// skips a blank between two different labels. Everything is summed in double, as logarithms.
/// Source: Graves, Fernández, Gomez and Schmidhuber 2006, eqs. 5 to 11.
/// </remarks>
internal static unsafe class Ctc
{
    /// <summary>The loss of each sample, <c>−ln p(target)</c>; infinite where the steps are too few for it.</summary>
    public static void Forward<T>(in CtcBatch<T> batch, T* loss) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<Losses<T>>.Over(new(batch, loss), batch.Samples, batch.Steps * ((2 * batch.MostLabels) + 1));

    /// <summary>
    /// The gradient along the logarithms as they come out of a log-softmax: <c>g·(p(t, v) − P(v at t | target))</c>. The first term stands for
    /// the softmax' own gradient, through which it passes unchanged.
    /// </summary>
    public static void Backward<T>(in CtcBatch<T> batch, T* dy, T* dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<Slopes<T>>.Over(new(batch, dy, dx), batch.Samples, batch.Steps * (batch.Symbols + (2 * batch.MostLabels) + 1));

    /// <summary>One sample.</summary>
    readonly struct Sample<T>(in CtcBatch<T> batch, long sample) where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly T* _x = batch.LogProbabilities + (sample * batch.Symbols);
        readonly long* _labels = batch.Targets + (sample * batch.MostLabels);
        readonly long _stride = batch.Samples * batch.Symbols, _blank = batch.Blank;

        public long Steps { get; } = batch.InputLengths[sample];

        public long States { get; } = (2 * batch.TargetLengths[sample]) + 1;

        public long Symbol(long state) => (state & 1) == 0 ? _blank : _labels[state >> 1];

        public T* Row(long step) => _x + (step * _stride);

        double Emission(long step, long state) => double.CreateTruncating(Row(step)[Symbol(state)]);

        bool Skips(long to) => to >= 2 && Symbol(to) != Symbol(to - 2);

        public void FirstAlpha(double* alpha)
        {
            for (long s = 0; s < States; s++) alpha[s] = s < 2 ? Emission(0, s) : double.NegativeInfinity;
        }

        public void NextAlpha(long step, double* before, double* alpha)
        {
            for (long s = 0; s < States; s++)
            {
                double one = s > 0 ? before[s - 1] : double.NegativeInfinity, two = Skips(s) ? before[s - 2] : double.NegativeInfinity;
                alpha[s] = LogSum(before[s], one, two) + Emission(step, s);
            }
        }

        public void LastBeta(double* beta)
        {
            for (long s = 0; s < States; s++) beta[s] = s >= States - 2 ? 0 : double.NegativeInfinity;
        }

        /// <summary>β of the step before <paramref name="step"/>; it leaves out what is emitted at its own step.</summary>
        public void PreviousBeta(long step, double* after, double* beta)
        {
            for (long s = 0; s < States; s++)
            {
                double stay = after[s] + Emission(step, s);
                double one = s + 1 < States ? after[s + 1] + Emission(step, s + 1) : double.NegativeInfinity;
                double two = s + 2 < States && Skips(s + 2) ? after[s + 2] + Emission(step, s + 2) : double.NegativeInfinity;
                beta[s] = LogSum(stay, one, two);
            }
        }

        /// <summary>The loss, from the last step's α.</summary>
        public double Loss(double* alpha) => Steps == 0
            ? States == 1 ? 0 : double.PositiveInfinity
            : -LogSum(alpha[States - 1], States > 1 ? alpha[States - 2] : double.NegativeInfinity, double.NegativeInfinity);
    }

    // Most ways are so much less likely than the likeliest that they round away: an exponential less, often two, and no logarithm.
    static double LogSum(double a, double b, double c)
    {
        const double Negligible = -38;      // e⁻³⁸ is less than half of the last digit of 1
        if (b > a) (a, b) = (b, a);
        if (c > a) (a, c) = (c, a);
        if (double.IsNegativeInfinity(a)) return a + b + c;      // NaN where one is NaN
        double sum = 1;
        if (!(b - a <= Negligible)) sum += Math.Exp(b - a);
        if (!(c - a <= Negligible)) sum += Math.Exp(c - a);
        return sum == 1 ? a : a + Math.Log(sum);
    }

    readonly struct Losses<T>(CtcBatch<T> batch, T* loss) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            var sample = new Sample<T>(batch, item);
            using Scratch scratch = Scratch.Take(2 * sample.States * sizeof(double));
            double* alpha = (double*)scratch.Pointer, next = alpha + sample.States;
            if (sample.Steps > 0) sample.FirstAlpha(alpha);
            for (long t = 1; t < sample.Steps; t++)
            {
                sample.NextAlpha(t, alpha, next);
                double* spare = alpha;
                alpha = next;
                next = spare;
            }

            double value = sample.Loss(alpha);
            loss[item] = batch.ZeroInfinity && double.IsPositiveInfinity(value) ? T.Zero : T.CreateTruncating(value);
        }
    }

    readonly struct Slopes<T>(CtcBatch<T> batch, T* dy, T* dx) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            var sample = new Sample<T>(batch, item);
            long states = sample.States, steps = sample.Steps, symbols = batch.Symbols;
            using Scratch scratch = Scratch.Take(((Math.Max(steps, 1) + 2) * states + symbols) * sizeof(double));
            double* alpha = (double*)scratch.Pointer, beta = alpha + (Math.Max(steps, 1) * states), next = beta + states, share = next + states;
            if (steps > 0) sample.FirstAlpha(alpha);
            for (long t = 1; t < steps; t++) sample.NextAlpha(t, alpha + ((t - 1) * states), alpha + (t * states));
            double loss = sample.Loss(alpha + (Math.Max(steps - 1, 0) * states));
            bool impossible = double.IsPositiveInfinity(loss);

            new Span<double>(share, checked((int)symbols)).Clear();
            sample.LastBeta(beta);
            for (long t = batch.Steps - 1; t >= 0; t--)
            {
                var row = new Span<T>(dx + (((t * batch.Samples) + item) * symbols), (int)symbols);
                if (t >= steps || impossible)
                {
                    row.Fill(t < steps && !batch.ZeroInfinity ? T.NaN : T.Zero);
                    continue;
                }

                for (long s = 0; s < states; s++) share[sample.Symbol(s)] += Math.Exp(alpha[(t * states) + s] + beta[s] + loss);
                TensorPrimitives.Exp(new ReadOnlySpan<T>(sample.Row(t), row.Length), row);
                TensorPrimitives.Multiply(row, dy[item], row);
                for (long s = 0; s < states; s++)
                {
                    long symbol = sample.Symbol(s);
                    row[(int)symbol] -= dy[item] * T.CreateTruncating(share[symbol]);
                    share[symbol] = 0;      // a symbol that comes again subtracts nothing more
                }

                sample.PreviousBeta(t, beta, next);
                double* spare = beta;
                beta = next;
                next = spare;
            }
        }
    }
}
