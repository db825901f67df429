namespace Adjoint;

public static partial class Transform
{
    /// <summary>All first derivatives of a function: <c>x ↦ J</c>, <c>J[i…, j…] = ∂f(x)[i…]/∂x[j…]</c>.</summary>
    /// <remarks>The function is evaluated once; its pullback is mapped over the elements of the result, all at once.</remarks>
    /// <param name="f">One value or several, of any shape; the Jacobian has the axes of the value and then those of x.</param>
    /// <exception cref="DTypeException">When called: the argument holds no floating-point numbers.</exception>
    /// <example><code>Tensor j = Transform.Jacobian(x => x * x)(Tensor.From([1f, 2, 3]));     // diag(2, 4, 6)</code></example>
    public static Func<Tensor, Tensor> Jacobian(Func<Tensor, Tensor> f) => Jacobian<Tensor>(f);

    /// <summary>All first derivatives of a function by all tensors of its argument, arranged like it.</summary>
    /// <typeparam name="T">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    /// <inheritdoc cref="Jacobian(Func{Tensor, Tensor})"/>
    public static Func<T, T> Jacobian<T>(Func<T, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return x =>
        {
            using Scope scope = Scope.Begin("jacobian");
            (Tensor y, Func<Tensor, T> pullback) = Vjp(f, x);
            Tensor directions = Tensor.Eye(y.Elements, dtype: y.DType).Reshape([y.Elements, .. y.Shape]);
            T rows = Vmap(pullback)(directions);
            Tensor[] all = [.. Structure.Flatten(rows, "jacobian").Select(r => scope.Keep(r.Reshape([.. y.Shape, .. r.Shape.Skip(1)])))];
            return Structure.Rebuild(x, all, "jacobian");
        };
    }

    /// <summary>All second derivatives of a function: <c>x ↦ H</c>, <c>H[i…, j…] = ∂²f/∂x[i…]∂x[j…]</c>; the Jacobian of the gradient.</summary>
    /// <param name="f">Gives a single value.</param>
    /// <exception cref="ShapeException">When called: the function gives several values.</exception>
    /// <exception cref="DTypeException">When called: the argument holds no floating-point numbers.</exception>
    public static Func<Tensor, Tensor> Hessian(Func<Tensor, Tensor> f) => Jacobian(Grad(f));

    /// <summary>The Hessian times a vector, <c>∂²f/∂x²·v</c>, at the cost of a few gradients: the Hessian itself is never built.</summary>
    /// <remarks>Reverse over reverse: a Hessian is symmetric, so the pullback of the gradient is the product.</remarks>
    /// <param name="f">Gives a single value.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">The vector, arranged and shaped like <paramref name="x"/>.</param>
    /// <typeparam name="T">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    /// <exception cref="ShapeException">The function gives several values, or the vector is not shaped like the argument.</exception>
    /// <exception cref="DTypeException">The argument holds no floating-point numbers.</exception>
    public static T Hvp<T>(Func<T, Tensor> f, T x, T v) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        using Scope scope = Scope.Begin("hvp");
        (_, Func<T, T> pullback) = Vjp(Grad(f), x);
        T product = pullback(v);
        foreach (Tensor tensor in Structure.Flatten(product, "hvp")) scope.Keep(tensor);
        return product;
    }
}
