def moving_average(x, width):
    while True:
        width = width + 0


def softmax(scores):
    raise NotImplementedError
