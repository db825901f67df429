namespace Adjoint.Ops;

/// <summary>What a GRU means: in plain loops, forward and backward, and in other operations; and the samples for it.</summary>
internal static class GruMeaning
{
    /// <summary>In operations that can be differentiated to any order: y and h from x [T, B, I], Wᵢₕ, Wₕₕ, h, and bᵢₕ and bₕₕ where given.</summary>
    public static Tensor[] Composed(Tensor[] inputs, bool reverse)
    {
        bool biased = inputs.Length > 4;
        Tensor h = inputs[3];
        Tensor[] steps = inputs[0].Linear(inputs[1], biased ? inputs[4] : null).Unbind(0);
        Tensor[] outputs = new Tensor[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            int t = reverse ? steps.Length - 1 - i : i;
            Tensor[] a = steps[t].Chunk(3, 1), b = h.Linear(inputs[2], biased ? inputs[5] : null).Chunk(3, 1);
            Tensor z = (a[1] + b[1]).Sigmoid(), n = (a[2] + ((a[0] + b[0]).Sigmoid() * b[2])).Tanh();
            outputs[t] = h = n + (z * (h - n));
        }

        return [Tensor.Stack(outputs, 0), h];
    }

    /// <summary>y, and r, z, n and bₙ of each step.</summary>
    public static (Plain Y, Plain Gates) Forward(Plain[] inputs, bool reverse)
    {
        (Plain x, Plain wi, Plain wh) = (inputs[0], inputs[1], inputs[2]);
        (long steps, long batch, long size) = (x.Shape[0], x.Shape[1], wh.Shape[1]);
        (Plain y, Plain gates) = (Plain.Zeros([steps, batch, size]), Plain.Zeros([steps, batch, 4 * size]));
        for (long i = 0; i < steps; i++)
        {
            long t = reverse ? steps - 1 - i : i;
            for (long b = 0; b < batch; b++)
            {
                for (long j = 0; j < size; j++)
                {
                    double r = Sigmoid(FromInput(j) + FromState(j)), z = Sigmoid(FromInput(size + j) + FromState(size + j));
                    double hidden = FromState((2 * size) + j), n = Math.Tanh(FromInput((2 * size) + j) + (r * hidden));
                    (gates[t, b, j], gates[t, b, size + j], gates[t, b, (2 * size) + j], gates[t, b, (3 * size) + j]) = (r, z, n, hidden);
                    y[t, b, j] = ((1 - z) * n) + (z * Before(y, inputs[3], i, reverse, b, j));
                }

                double FromInput(long gate)
                {
                    double sum = inputs.Length > 4 ? inputs[4].Values[gate] : 0;
                    for (long k = 0; k < x.Shape[2]; k++) sum += x[t, b, k] * wi[gate, k];
                    return sum;
                }

                double FromState(long gate)
                {
                    double sum = inputs.Length > 4 ? inputs[5].Values[gate] : 0;
                    for (long k = 0; k < size; k++) sum += Before(y, inputs[3], i, reverse, b, k) * wh[gate, k];
                    return sum;
                }
            }
        }

        return (y, gates);
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>From the inputs of <see cref="GruSequenceBackward"/>: the gradients of Wᵢₕ, Wₕₕ, h, bᵢₕ, bₕₕ and x.</summary>
    public static Plain[] Backward(Plain[] inputs, bool reverse)
    {
        (Plain x, Plain wi, Plain wh, Plain h, Plain y, Plain gates) = (inputs[2], inputs[3], inputs[4], inputs[5], inputs[6], inputs[7]);
        (long steps, long batch, long size) = (x.Shape[0], x.Shape[1], wh.Shape[1]);
        (Plain dwi, Plain dwh, Plain dh, Plain dx) = (Plain.Zeros(wi.Shape), Plain.Zeros(wh.Shape), Plain.Zeros(h.Shape), Plain.Zeros(x.Shape));
        (Plain dbi, Plain dbh) = (Plain.Zeros([3 * size]), Plain.Zeros([3 * size]));
        inputs[1].Values.CopyTo(dh.Values, 0);
        double[] da = new double[3 * size], db = new double[3 * size];
        for (long i = steps - 1; i >= 0; i--)
        {
            long t = reverse ? steps - 1 - i : i;
            for (long b = 0; b < batch; b++)
            {
                for (long j = 0; j < size; j++)
                {
                    double r = gates[t, b, j], z = gates[t, b, size + j], n = gates[t, b, (2 * size) + j], slope = dh[b, j] + inputs[0][t, b, j];
                    da[(2 * size) + j] = slope * (1 - z) * (1 - (n * n));
                    db[(2 * size) + j] = da[(2 * size) + j] * r;
                    da[j] = db[j] = da[(2 * size) + j] * gates[t, b, (3 * size) + j] * r * (1 - r);
                    da[size + j] = db[size + j] = slope * (Before(y, h, i, reverse, b, j) - n) * z * (1 - z);
                    dh[b, j] = slope * z;
                }

                for (long j = 0; j < 3 * size; j++)
                {
                    dbi.Values[j] += da[j];
                    dbh.Values[j] += db[j];
                    for (long k = 0; k < size; k++)
                    {
                        dh[b, k] += db[j] * wh[j, k];
                        dwh[j, k] += db[j] * Before(y, h, i, reverse, b, k);
                    }

                    for (long k = 0; k < x.Shape[2]; k++)
                    {
                        dx[t, b, k] += da[j] * wi[j, k];
                        dwi[j, k] += da[j] * x[t, b, k];
                    }
                }
            }
        }

        return [dwi, dwh, dh, dbi, dbh, dx];
    }

    /// <summary>The value before the step that comes i-th.</summary>
    static double Before(Plain all, Plain initial, long i, bool reverse, long b, long j) =>
        i == 0 ? initial[b, j] : all[reverse ? all.Shape[0] - i : i - 1, b, j];

    /// <summary>One step, one row, no row, units that fill no register, rows that make several chunks; with and without biases, in both directions.</summary>
    public static IEnumerable<(Tensor[] Inputs, bool Reverse)> Cases(Generator random)
    {
        (long T, long B, long I, long H, bool Bias, bool Reverse)[] cases =
        [
            (4, 3, 2, 5, true, false), (3, 2, 4, 3, false, true), (1, 1, 3, 4, true, true), (3, 1, 1, 17, false, false), (2, 18, 2, 3, true, true), (3, 2, 3, 34, true, false), (2, 0, 3, 4, true, false),
        ];
        foreach ((long steps, long batch, long inputs, long size, bool bias, bool reverse) in cases)
        {
            Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), 0, 0.5, DType.F64);
            Tensor[] all = [Draw(steps, batch, inputs), Draw(3 * size, inputs), Draw(3 * size, size), Draw(batch, size)];
            yield return (bias ? [.. all, Draw(3 * size), Draw(3 * size)] : all, reverse);
        }
    }
}
